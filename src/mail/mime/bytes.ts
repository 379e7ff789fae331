export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const dash = 0x2d;
export const escapeByte = 0x1b;

/** The same bytes, not a copy. */
export function bufferOn(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Where the line after the one at `position` begins; `end` where there is none. */
export function nextLine(bytes: Buffer, position: number, end: number): number {
  const lineBreak = bytes.indexOf(lineFeed, position);
  return lineBreak < 0 || lineBreak >= end ? end : lineBreak + 1;
}

/** Where the text of a line ends whose line break ends at `next`: some mail has several carriage returns in it. */
export function endOfLine(bytes: Buffer, position: number, next: number): number {
  let end = next;
  if (end > position && bytes[end - 1] === lineFeed) end -= 1;
  while (end > position && bytes[end - 1] === carriageReturn) end -= 1;
  return end;
}

/** Whether a byte is a space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** Without spaces, tabs and carriage returns at both ends: `trim` would also take the byte 0xA0, with which `à` ends in UTF-8. */
export function trimBlanks(latin1: string): string {
  const isBlankAt = (index: number): boolean => ' \t\r'.includes(latin1.charAt(index));
  let start = 0;
  let end = latin1.length;
  while (start < end && isBlankAt(start)) start += 1;
  while (end > start && isBlankAt(end - 1)) end -= 1;
  return latin1.slice(start, end);
}
