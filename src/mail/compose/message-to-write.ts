import type { Address } from '../message.ts';

/** A file to put into a message. */
export interface FileToAttach {
  /** A name, not a path; at most 255 characters. */
  readonly filename: string;
  /** `type/subtype` without parameters. */
  readonly mimeType: string;
  readonly content: Uint8Array;
  /**
   * Without angle brackets. A file that has one, and that the HTML shows as `cid:…`, goes with the HTML
   * (multipart/related, RFC 2387); any other is an attachment.
   */
  readonly contentId?: string;
}

/** A message as it is to be written, every value decided: the same value always gives the same bytes. */
export interface MessageToWrite {
  readonly from: Address;
  readonly replyTo?: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  /** Stands in the message; Gmail delivers to it and takes it out. */
  readonly bcc: readonly Address[];
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly dateMs: number;
  /** Without angle brackets. Gmail puts its own in its place when it sends. */
  readonly messageId: string;
  /** Without angle brackets. */
  readonly inReplyTo?: string;
  /** Without angle brackets, oldest first. */
  readonly references?: readonly string[];
  /** Lines end with `\n`; a line may be as long as its paragraph. */
  readonly text: string;
  readonly html?: string;
  readonly files: readonly FileToAttach[];
  /** Header fields of one's own: names that begin with `X-`. */
  readonly extraHeaders?: readonly { readonly name: string; readonly value: string }[];
  /** Letters and digits that nobody can guess, for the lines between parts. */
  readonly boundary: string;
}
