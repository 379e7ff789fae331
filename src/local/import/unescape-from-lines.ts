const escaped = Buffer.from('>From ');
const lineFeed = 0x0a;
const greaterThan = 0x3e;

/**
 * A copy of a message without the `>` that an mbox writer put before its lines of `From ` (mboxrd: before any number
 * of `>` and `From `; mboxo escapes only the lines without one).
 */
export function unescapeFromLines(message: Buffer): Uint8Array {
  const kept: Buffer[] = [];
  let copiedTo = 0;
  for (let found = message.indexOf(escaped); found >= 0; found = message.indexOf(escaped, found + 1)) {
    let lineStart = found;
    while (lineStart > 0 && message[lineStart - 1] === greaterThan) lineStart -= 1;
    if (lineStart > 0 && message[lineStart - 1] !== lineFeed) continue;
    kept.push(message.subarray(copiedTo, lineStart));
    copiedTo = lineStart + 1;
  }
  kept.push(message.subarray(copiedTo));
  return Buffer.concat(kept);
}
