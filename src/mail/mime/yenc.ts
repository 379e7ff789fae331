import { carriageReturn, lineFeed, nextLine } from './bytes.ts';
import type { EmbeddedFile } from './uuencode.ts';
import { lineStarting } from './uuencode.ts';

const beginLine = /^=ybegin [^\r\n]{0,100}?\bname=([^\r\n]{1,255})/;
const escape = 0x3d;

/** The first yEnc file at or behind `from`: from its line `=ybegin` to its line `=yend` (yEnc draft 1.3). */
export function findYenc(bytes: Buffer, from: number): EmbeddedFile | undefined {
  const start = lineStarting(bytes, '=ybegin ', from);
  if (start < 0) return undefined;
  const next = nextLine(bytes, start, bytes.length);
  const filename = beginLine.exec(bytes.toString('latin1', start, Math.min(next, start + 400)))?.[1];
  const end = lineStarting(bytes, '=yend', next);
  // A text that only speaks of yEnc, or one that was cut off: none behind it is whole either, or it is not told apart.
  if (filename === undefined || end < 0) return undefined;
  const hasPart = bytes.toString('latin1', next, next + 7) === '=ypart ';
  const content = decodeLines(bytes.subarray(hasPart ? nextLine(bytes, next, end) : next, end));
  return { start, end: nextLine(bytes, end, bytes.length), filename: filename.trim(), content };
}

function decodeLines(encoded: Buffer): Buffer {
  const content = Buffer.allocUnsafe(encoded.length);
  let length = 0;
  let isEscaped = false;
  for (const byte of encoded) {
    if (byte === carriageReturn || byte === lineFeed) continue;
    if (byte === escape && !isEscaped) {
      isEscaped = true;
      continue;
    }
    content[length++] = (byte - (isEscaped ? 106 : 42)) & 0xff;
    isEscaped = false;
  }
  return content.subarray(0, length);
}
