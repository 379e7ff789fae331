import { beginsLikeEmlx } from './emlx.ts';
import { beginsLikeMbox } from './split-mbox.ts';
import { beginsLikeTar } from './tar-entries.ts';

/** What a file is, judged by its first bytes; the name decides only how much doubt is allowed. */
export type FileFormat =
  | { readonly kind: 'mbox' | 'message' | 'emlx' | 'gzip' | 'zip' | 'tar' }
  /** Named or placed like mail, but nothing that could be read as mail. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'notMail'; readonly reason: string };

/** How much of a file is looked at. A header longer than this is judged by its beginning. */
export const headBytes = 64 * 1024;

const mboxName = /\.(?:mbox|mbx)(?:\.gz)?$/i;
const messageName = /\.(?:eml|emlx)$/i;
const archiveName = /\.zip$/i;
const headerField = /^[!-9;-~]+[ \t]*:/;
/** Header fields that only mail has: one is enough. */
const traceField = /^(?:received|return-path|delivered-to|message-id)[ \t]*:/i;
/** Header fields that other text may have too: a message has at least two of them. */
const commonField = /^(?:from|to|cc|date|subject|mime-version)[ \t]*:/i;

/** First bytes of formats that people take for mail archives, and what to do with them. */
const foreignFormats: readonly { readonly magic: string; readonly reason: string }[] = [
  { magic: 'd0cf11e0a1b11ae1', reason: 'an Outlook or Office file; save the message as .eml or the folder as mbox' },
  { magic: '2142444e', reason: 'an Outlook data file (.pst, .ost); convert it to mbox first' },
  { magic: '504b0304', reason: 'an archive that is not named .zip' },
];

export interface DetectOptions {
  readonly filename: string;
  /** Whether it lies in a Maildir, where every file is a message. */
  readonly isInMaildir?: boolean;
}

/** Whether a name says that the file is an mbox, packed or not. */
export function isMboxName(filename: string): boolean {
  return mboxName.test(filename);
}

/** Tells what a file is from its first {@link headBytes} (all of a shorter file). */
export function detectFormat(head: Uint8Array, { filename, isInMaildir = false }: DetectOptions): FileFormat {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const isMessagePlace = isInMaildir || messageName.test(filename);
  if (bytes.length === 0) return { kind: isMessagePlace ? 'broken' : 'notMail', reason: 'the file is empty' };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { kind: 'gzip' };
  if (archiveName.test(filename) && bytes.toString('latin1', 0, 2) === 'PK') return { kind: 'zip' };
  if (beginsLikeTar(bytes)) return { kind: 'tar' };
  if (beginsLikeMbox(bytes)) return { kind: 'mbox' };
  if (beginsLikeEmlx(bytes)) return { kind: 'emlx' };

  const foreign = foreignFormats.find(({ magic }) => bytes.subarray(0, magic.length / 2).toString('hex') === magic);
  const lines = bytes.toString('latin1', 0, headBytes).split(/\r?\n/);
  if (
    foreign === undefined &&
    (isMessagePlace ? lines.some((line) => headerField.test(line)) : beginsLikeMail(lines))
  ) {
    return { kind: 'message' };
  }
  const reason = foreign?.reason ?? 'no mail header at its beginning';
  if (isMboxName(filename)) {
    return {
      kind: 'broken',
      reason: `an mbox begins with a line "From SENDER DATE" and a header; this file: ${reason}`,
    };
  }
  return { kind: isMessagePlace ? 'broken' : 'notMail', reason };
}

function beginsLikeMail(lines: readonly string[]): boolean {
  const headerLength = lines.findIndex((line) => !headerField.test(line) && !/^[ \t]/.test(line));
  const header = headerLength < 0 ? lines : lines.slice(0, headerLength);
  return header.some((line) => traceField.test(line)) || header.filter((line) => commonField.test(line)).length >= 2;
}
