import type { ParsedMail } from '../../mail/message.ts';
import type { MessageContent } from '../../store/mail/message-rows.ts';
import type { PackedBytes } from '../../store/mail/pack-bytes.ts';
import type { ThreadFacts } from '../threads/thread-facts.ts';

/** Where a message goes that is on its way into the local mailbox. */
interface Destination {
  /** Milliseconds since 1970; never negative. */
  readonly internalDateMs: number;
  /** Ids of system labels and names of user labels; a user label that is not there yet is made. */
  readonly labels: readonly string[];
}

/** A message on its way into the local mailbox. */
export interface IncomingMessage extends Destination {
  /** The message as it was received; what tells two messages apart is the SHA-256 of these bytes. */
  readonly raw: Uint8Array;
  /** Of `raw`, where it was worked out before. */
  readonly sha256?: Uint8Array;
  readonly parsed: ParsedMail;
  /** Gmail's own thread id where the archive tells it (`X-GM-THRID`, decimal); it wins over every rule. */
  readonly gmailThreadId?: string;
}

/** What is stored of a message besides its bytes, and what decides which thread it belongs to. */
export interface MadeContent {
  readonly content: MessageContent;
  readonly threadFacts: ThreadFacts;
}

/** The same of which everything that is stored was made before, in another thread. */
export interface ReadyMessage extends Destination, MadeContent {
  readonly sha256: Uint8Array;
  readonly packed: PackedBytes;
}

/** What became of an incoming message. */
export type AddOutcome = { readonly kind: 'added' | 'duplicate'; readonly id: string };
