/** The first line of Apple Mail's format: how many bytes the message has that follows. */
const countLine = /^[ \t]*(\d{1,10})[ \t]*\r?\n/;

/** A message that Apple Mail has kept in a file, and what it knew of it. */
export interface EmlxMessage {
  readonly raw: Uint8Array;
  /** Labels for what the user did to the message: not opened `UNREAD`, marked `STARRED`. */
  readonly labels: readonly string[];
}

/** Whether a file, by its beginning, is a message behind a line with its size. */
export function beginsLikeEmlx(head: Buffer): boolean {
  const text = head.toString('latin1', 0, 2000);
  const count = countLine.exec(text);
  return count !== null && /^[!-9;-~]+[ \t]*:/.test(text.slice(count[0].length));
}

/** Reads a `.emlx`: its size, the message, then a property list. Undefined for a file of another form. */
export function readEmlx(file: Buffer): EmlxMessage | undefined {
  const count = countLine.exec(file.toString('latin1', 0, 40));
  if (count === null) return undefined;
  const start = count[0].length;
  const end = start + Number(count[1]);
  const properties = file.toString('utf8', Math.min(end, file.length)).slice(0, maxPropertyCharacters);
  const flags = /<key>flags<\/key>\s{0,99}<integer>(\d{1,15})<\/integer>/.exec(properties)?.[1];
  return { raw: file.subarray(start, end), labels: flags === undefined ? [] : labelsOfFlags(BigInt(flags)) };
}

const maxPropertyCharacters = 100_000;

/** Bits of Apple Mail's flags. */
const isRead = 1n;
const isFlagged = 1n << 4n;

function labelsOfFlags(flags: bigint): readonly string[] {
  return [...((flags & isRead) === 0n ? ['UNREAD'] : []), ...((flags & isFlagged) === 0n ? [] : ['STARRED'])];
}
