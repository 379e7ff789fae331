import { AppError, reasonOf } from '../core/errors.ts';
import type { DocumentFile, DocumentRange, DocumentWindow } from './document.ts';
import { openDocument } from './open-document.ts';

/** Characters that are gone through to come to a window; a window behind them is answered as the end. */
const maxCharacters = 20_000_000;

/** Cuts a pair of surrogates in two at neither end. */
function sliceWhole(text: string, from: number, to: number): string {
  const isLow = (at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  return text.slice(isLow(from) ? from - 1 : from, isLow(to) ? to - 1 : to);
}

/**
 * The characters of a file's text from `offset`, at most `maxChars`; undefined where the file has no text. Only as much of
 * it is read as the window needs. Throws as {@link openDocument} does.
 */
export async function readWindow(file: DocumentFile, range: DocumentRange): Promise<DocumentWindow | undefined> {
  try {
    return await windowOf(file, range);
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Libraries fail in their own words on what is broken, or nested deeper than a stack.
    throw new AppError('INVALID_INPUT', `The file cannot be read: ${reasonOf(error)}.`, {}, error);
  }
}

async function windowOf(
  file: DocumentFile,
  { offset, maxChars, timeZone }: DocumentRange,
): Promise<DocumentWindow | undefined> {
  const document = await openDocument(file, timeZone);
  if (document === undefined) return undefined;
  const { form, pieces, notes } = document;
  const end = Math.min(offset + maxChars, maxCharacters);
  let at = 0;
  let text = '';
  for await (const piece of pieces) {
    const from = Math.max(0, offset - at);
    if (from < piece.length) text += sliceWhole(piece, from, Math.max(from, end - at));
    at += piece.length;
    if (at > end) break;
  }
  return { form, text, hasMore: at > end, notes };
}
