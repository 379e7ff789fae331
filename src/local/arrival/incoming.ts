import type { ParsedMail } from '../../mail/message.ts';

/** A message on its way into the local mailbox. */
export interface IncomingMessage {
  /** The message as it was received; what tells two messages apart is the SHA-256 of these bytes. */
  readonly raw: Uint8Array;
  /** Of `raw`, where it was worked out before. */
  readonly sha256?: Uint8Array;
  readonly parsed: ParsedMail;
  /** Milliseconds since 1970; never negative. */
  readonly internalDateMs: number;
  /** Ids of system labels and names of user labels; a user label that is not there yet is made. */
  readonly labels: readonly string[];
  /** Gmail's own thread id where the archive tells it (`X-GM-THRID`, decimal); it wins over every rule. */
  readonly gmailThreadId?: string;
}

/** What became of an incoming message. */
export type AddOutcome = { readonly kind: 'added' | 'duplicate'; readonly id: string };
