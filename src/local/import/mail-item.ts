import type { EnvelopeLine } from './envelope-line.ts';

/** An mbox as it was when it was read: another size or time means another content. */
export interface MboxIdentity {
  /** Its path; inside a zip archive `archive.zip!path/in/it`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Everything that stands before `offsetBytes` of an mbox was handed out. */
export interface MboxPosition {
  readonly mbox: MboxIdentity;
  readonly offsetBytes: number;
}

/** A message as an archive holds it. */
export interface ArchivedMessage {
  readonly kind: 'message';
  /** Where it was: a path, in an mbox with the offset in bytes, `r-devel.mbox at byte 4711`. */
  readonly source: string;
  readonly raw: Uint8Array;
  /** Ids of system labels and names of user labels. */
  readonly labels: readonly string[];
  readonly gmailThreadId?: string;
  readonly envelope?: EnvelopeLine;
  /** When the file was last changed, milliseconds since 1970. */
  readonly fileMs: number;
  readonly position?: MboxPosition;
}

/** A message, or a file that ought to hold some, of which nothing could be taken. */
interface UnreadableItem {
  readonly kind: 'unreadable';
  readonly source: string;
  readonly reason: string;
  readonly position?: MboxPosition;
}

/** What the reading of an archive hands out, in order. */
export type MailItem =
  | ArchivedMessage
  | UnreadableItem
  /** A file that is no mail at all, and was left alone. */
  | { readonly kind: 'skipped'; readonly source: string; readonly reason: string }
  /** All of an mbox was handed out. */
  | { readonly kind: 'mboxEnd'; readonly mbox: MboxIdentity };
