/** RFC 2045 sections 6.7 (rule 5) and 6.8. */
const maxEncodedLine = 76;

/** RFC 5322 section 2.1.1 recommends 78; longer lines are broken by some programs on the way. */
const maxPlainLine = 78;

/** RFC 5322 section 2.1.1, without the line break. */
const maxLine = 998;

/** Bytes with the transfer encoding (RFC 2045 section 6) that brings them unharmed through the mail. */
export interface EncodedBody {
  readonly encoding: '7bit' | '8bit' | 'quoted-printable' | 'base64';
  readonly body: Buffer;
}

/**
 * Text in UTF-8, whatever its line breaks. Short lines of ASCII stay as they are; anything that a program on the way could
 * change is encoded: long lines (which so stay whole), spaces at the end of a line, a lone dot, `From ` at its start.
 * Scripts that quoted-printable would blow up go as base64.
 */
export function encodeText(text: string): EncodedBody {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.every(isPlainLine)) return { encoding: '7bit', body: Buffer.from(lines.join('\r\n'), 'latin1') };
  const bytes = Buffer.from(lines.join('\r\n'));
  let highBytes = 0;
  for (const byte of bytes) if (byte > 126) highBytes += 1;
  // One byte becomes three here and 4/3 there.
  const isSmallerAsBase64 = highBytes > bytes.length / 6;
  if (isSmallerAsBase64) return { encoding: 'base64', body: encodeBase64(bytes) };
  return { encoding: 'quoted-printable', body: Buffer.from(lines.map(quoteLine).join('\r\n'), 'latin1') };
}

function isPlainLine(line: string): boolean {
  return line.length <= maxPlainLine && /^[\t -~]*$/.test(line) && !/[\t ]$|^\.$|^From /.test(line);
}

/** One line in quoted-printable, with soft line breaks where it is long, none of them inside a character. */
function quoteLine(line: string): string {
  const pieces: string[] = [];
  let piece = '';
  let start = 0;
  // A mail that is answered may be one line of 32,000 characters.
  for (const character of line) {
    const end = start + character.length;
    let token = quoteCharacter(character, end === line.length);
    // The last piece has no soft break behind it, but the room for one is kept: it costs nothing.
    if (piece.length + token.length >= maxEncodedLine) {
      pieces.push(piece);
      piece = '';
    }
    if (piece === '' && (character === '.' || line.startsWith('From ', start))) token = hexQuote(character);
    piece += token;
    start = end;
  }
  return [...pieces, piece].join('=\r\n');
}

function quoteCharacter(character: string, isLast: boolean): string {
  const isSpace = character === ' ' || character === '\t';
  if (isSpace) return isLast ? hexQuote(character) : character;
  const isPrintable = character.length === 1 && character >= '!' && character <= '~';
  return isPrintable && character !== '=' ? character : hexQuote(character);
}

function hexQuote(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** Bytes in base64, in lines of 76 characters (RFC 2045 section 6.8). */
export function encodeBase64(content: Uint8Array): Buffer {
  const base64 = Buffer.from(asBuffer(content).toString('base64'), 'latin1');
  const lineBreaks = Math.max(0, Math.ceil(base64.length / maxEncodedLine) - 1);
  const body = Buffer.allocUnsafe(base64.length + 2 * lineBreaks);
  let end = 0;
  // Line by line into place: an attachment of 25 MB has 450,000 of them.
  for (let start = 0; start < base64.length; start += maxEncodedLine) {
    if (start > 0) end += body.write('\r\n', end, 'latin1');
    end += base64.copy(body, end, start, start + maxEncodedLine);
  }
  return body;
}

function asBuffer(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

/**
 * How bytes can be sent as they are (RFC 2045 sections 2.7 and 2.8), undefined where they cannot: lines over 998 bytes,
 * line breaks that are not CRLF, NUL.
 */
export function identityEncoding(content: Uint8Array): '7bit' | '8bit' | undefined {
  const latin1 = asBuffer(content).toString('latin1');
  if (/\0|\r(?!\n)|(?<!\r)\n/.test(latin1)) return undefined;
  if (latin1.split('\r\n').some((line) => line.length > maxLine)) return undefined;
  return /[\u0080-\u00ff]/.test(latin1) ? '8bit' : '7bit';
}
