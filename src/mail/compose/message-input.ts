import type { Address } from '../message.ts';
import type { FileToAttach } from './message-to-write.ts';
import type { RecipientInput } from './parse-recipients.ts';

/** As whom a message is written. */
export interface Identity {
  readonly address: Address;
  readonly replyTo?: Address;
  /** HTML, as Gmail's send-as settings have it; it is put under the text. */
  readonly signature?: string;
}

/** What the writer says. */
interface WrittenText {
  readonly body: string;
  /** `markdown` gives text and HTML; `text` gives text alone, for lists and programs that want nothing else. */
  readonly format: 'markdown' | 'text';
}

/** What would differ from one writing to the next; given, so that the same call gives the same bytes. */
export interface WritingTime {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Without angle brackets, unique in the world. */
  readonly messageId: string;
  /** 10 to 50 letters and digits that nobody can guess. */
  readonly boundary: string;
  /** BCP 47: the language of the lines that introduce a quote. */
  readonly locale: string;
  /** IANA: the clock of their dates. */
  readonly timeZone: string;
}

/** What every message has, whether it is new, an answer or a forward. */
export interface MessageInput extends WrittenText {
  readonly from: Identity;
  readonly to?: RecipientInput;
  readonly cc?: RecipientInput;
  readonly bcc?: RecipientInput;
  readonly subject?: string;
  readonly files?: readonly FileToAttach[];
  /** Header fields of one's own: names that begin with `X-`. */
  readonly extraHeaders?: readonly { readonly name: string; readonly value: string }[];
}

/** A message ready to be filed or sent, and what a person who approves it should see. */
export interface WrittenMessage {
  readonly raw: Uint8Array;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly subject: string;
  /** The thread that it is meant for. */
  readonly threadId?: string;
  /** Sentences. */
  readonly warnings: readonly string[];
}
