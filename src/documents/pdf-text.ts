import { trimEndOf } from '../core/trim-end-of.ts';
import { AppError, reasonOf } from '../core/errors.ts';

/** Pages that are looked at. */
const maxPages = 2000;

/** A piece of text with its place on the page, as PDF.js gives it; points from the lower left corner. */
interface PlacedText {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly width: number;
  readonly height: number;
  /** Its matrix: 4 and 5 are x and y. */
  readonly transform: readonly number[];
}

function isPlacedText(item: unknown): item is PlacedText {
  return typeof item === 'object' && item !== null && 'str' in item && 'transform' in item;
}

/**
 * The text of a page in the order in which it was written, which is that of reading for nearly all programs. A gap in a line
 * that is wider than words are apart becomes ` | `, so that columns of a table stay apart; a wider step down an empty line.
 */
function pageText(items: readonly unknown[]): string {
  let text = '';
  let before: PlacedText | undefined;
  for (const item of items) {
    if (!isPlacedText(item)) continue;
    const [, , , , x = 0, y = 0] = item.transform;
    // A space is a gap that PDF.js has seen; its width is looked at below.
    if (item.str.trim() === '') {
      if (item.hasEOL) text += '\n';
      continue;
    }
    if (before !== undefined) {
      const [, , , , beforeX = 0, beforeY = 0] = before.transform;
      const size = Math.max(before.height, item.height, 1);
      const drop = beforeY - y;
      const gap = x - (beforeX + before.width);
      const isSameLine = Math.abs(drop) < size * 0.5;
      if (!isSameLine && !text.endsWith('\n')) text += '\n';
      if (drop > size * 2.2 && !text.endsWith('\n\n')) text += '\n';
      if (isSameLine && gap > size * 2.5 && text !== '' && !text.endsWith('\n')) text = `${text.trimEnd()} | `;
      else if (isSameLine && gap > size * 0.15 && !/\s$/.test(text) && !/^\s/.test(item.str)) text += ' ';
    }
    text += item.str;
    if (item.hasEOL) text += '\n';
    before = item;
  }
  return text
    .split('\n')
    .map((line) => trimEndOf(line, ' \t'))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/**
 * The text of a PDF, page by page. Throws `UNSUPPORTED` where it is protected with a password, `INVALID_INPUT` where it
 * cannot be read as one. A page of pictures only has no text; how many there are is among the notes.
 */
export async function* pdfText(content: Uint8Array, notes: string[]): AsyncGenerator<string> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(Uint8Array.from(content), {
    // Only text is wanted: no fonts are drawn, no scripts are run, nothing is fetched.
    disableFontFace: true,
    useSystemFonts: false,
    stopAtErrors: false,
    verbosity: 0,
  }).catch((error: unknown) => {
    const isProtected = error instanceof Error && error.name === 'PasswordException';
    if (isProtected) throw new AppError('UNSUPPORTED', 'The PDF is protected with a password.', {}, error);
    throw new AppError('INVALID_INPUT', `The PDF cannot be read: ${reasonOf(error)}.`, {}, error);
  });
  const pages = Math.min(document.numPages, maxPages);
  notes.push(document.numPages === 1 ? '1 page' : `${document.numPages} pages`);
  const withoutText: number[] = [];
  for (let number = 1; number <= pages; number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const text = pageText(items);
    page.cleanup();
    if (text === '') withoutText.push(number);
    const heading = document.numPages === 1 ? '' : `${number === 1 ? '' : '\n\n'}Page ${number}\n`;
    if (text !== '') yield `${heading}${text}`;
  }
  if (withoutText.length > 0) {
    notes.push(
      `${withoutText.length === 1 ? 'page' : 'pages'} ${shortList(withoutText)} without text: pictures, or a scan`,
    );
  }
  if (document.numPages > maxPages) notes.push(`only the first ${maxPages} pages are read`);
}

function shortList(numbers: readonly number[]): string {
  return numbers.length > 10 ? `${numbers.slice(0, 10).join(', ')}, …` : numbers.join(', ');
}
