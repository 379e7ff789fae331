import type { EmbeddedFile } from './uuencode.ts';
import { findUuencoded } from './uuencode.ts';
import { findYenc } from './yenc.ts';

/** Files of one text; what stands behind is text. */
const maxFiles = 200;

/**
 * Files that a text holds in a form older than MIME, uuencode or yEnc, and the text without them. Whatever is not of such
 * a form from its first to its last line stays text.
 */
export function takeEmbeddedFiles(text: Buffer): { readonly rest: Buffer; readonly files: readonly EmbeddedFile[] } {
  const files: EmbeddedFile[] = [];
  const kept: Buffer[] = [];
  const finders = [forwards(text, findUuencoded), forwards(text, findYenc)];
  let position = 0;
  while (files.length < maxFiles) {
    const found = finders.map((find) => find(position)).filter((file) => file !== undefined);
    const [file] = found.toSorted((a, b) => a.start - b.start);
    if (file === undefined) break;
    files.push(file);
    kept.push(text.subarray(position, file.start));
    position = file.end;
  }
  return files.length === 0
    ? { rest: text, files }
    : { rest: Buffer.concat([...kept, text.subarray(position)]), files };
}

/** Finds the next file from positions that only grow: what was found stays the answer until it is passed. */
function forwards(
  text: Buffer,
  find: (text: Buffer, from: number) => EmbeddedFile | undefined,
): (from: number) => EmbeddedFile | undefined {
  let found: EmbeddedFile | undefined;
  let isAtEnd = false;
  return (from) => {
    if (!isAtEnd && (found === undefined || found.start < from)) {
      found = find(text, from);
      isAtEnd = found === undefined;
    }
    return found;
  };
}
