/** What stands between quotes without a reader misreading it: no quote, backslash, semicolon, percent sign or apostrophe. */
const plainValue = /^[\w !#$&+,.()@^~=/:?-]{1,60}$/;

/** RFC 2231 section 7: what needs no percent sign. */
const attributeCharacter = /^[A-Za-z0-9!#$&+.^_`{|}~-]$/;

const maxPieceCharacters = 60;

/**
 * A parameter of Content-Type or Content-Disposition, one token for each `name=value`: quoted where it is short plain
 * ASCII, else as UTF-8 in percent signs (RFC 2231), in numbered pieces of whole characters where it is long.
 */
export function parameterTokens(name: string, value: string): string[] {
  if (plainValue.test(value) && !value.includes('=?')) return [`${name}="${value}"`];
  const pieces: string[] = [];
  let piece = "utf-8''";
  for (const character of value) {
    const encoded = attributeCharacter.test(character) ? character : percentEncode(character);
    if (piece.length + encoded.length > maxPieceCharacters) {
      pieces.push(piece);
      piece = '';
    }
    piece += encoded;
  }
  pieces.push(piece);
  if (pieces.length === 1) return [`${name}*=${piece}`];
  return pieces.map((text, index) => `${name}*${index}*=${text}`);
}

function percentEncode(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/**
 * A file name in ASCII for readers that know no RFC 2231: accents taken off, what is left over as `_`. Empty where
 * nothing of the name would remain.
 */
export function asciiFilename(filename: string): string {
  const ascii = filename
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\w !#$&+,.()@^~-]+/g, '_')
    .slice(0, maxPieceCharacters);
  const stem = ascii.replace(/\.\w+$/, '');
  return /[A-Za-z0-9]/.test(stem) ? ascii : '';
}
