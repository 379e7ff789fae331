import type { MessageSummary } from '../../mail/message.ts';
import type { IndexedField } from './condition.ts';

/** A message as a change names it. */
export interface MessageTarget {
  readonly id: string;
  /** Grows with the date of receipt, so that lists and searches run newest first by it. */
  readonly key: number;
  readonly threadKey: number;
}

/** A message without its text. */
export interface StoredMessage extends MessageTarget {
  readonly bytesKey: number;
  /** The Message-ID header, without angle brackets; empty where missing. */
  readonly messageId: string;
  /** Messages in its thread, itself included. */
  readonly threadMessages: number;
  readonly summary: MessageSummary;
}

/**
 * What is stored of a message besides its bytes and its place: made from its bytes alone, and made again from them. No
 * text holds the character NUL, which not every engine keeps.
 */
export interface MessageContent {
  readonly sizeBytes: number;
  readonly messageId: string;
  readonly sender: string;
  readonly recipients: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly snippet: string;
  readonly attachmentNames: readonly string[];
  readonly isUnverified: boolean;
  /** Words are runs of ASCII letters, digits, `_` and anything beyond ASCII; only ASCII differs in case. */
  readonly texts: Readonly<Record<IndexedField, string>>;
  /** Of the base subject; undefined for an empty one, which joins nothing. Below 2^53. */
  readonly subjectHash: number | undefined;
  readonly hasReferences: boolean;
  /** Of those whom the message is from or to. */
  readonly participantHashes: Uint32Array<ArrayBuffer>;
}

/** A message to be put: where it stands is told, whoever decided it. */
export interface NewMessage extends MessageContent {
  readonly id: string;
  readonly threadKey: number;
  readonly historyId: number;
  /** Milliseconds since 1970; never negative. */
  readonly internalDateMs: number;
  readonly labelKeys: readonly number[];
  readonly bytesKey: number;
}

/** Labels to put on and take off messages, by keys. */
export interface Relabelling {
  readonly messageKeys: readonly number[];
  readonly addKeys: readonly number[];
  readonly removeKeys: readonly number[];
  /** The history id that all of the messages have from then on, where the change came from outside. */
  readonly historyId?: number;
}

/** What a message got and lost: labels it already had, or had not, are not in it. Keys of labels. */
export interface Relabelled {
  readonly messageKey: number;
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** A message that is gone, with the ids of the labels that it had. */
export interface DeletedMessage extends MessageTarget {
  readonly labelIds: readonly string[];
}

/** A message whose content is to be made again from its bytes. */
export interface MessageSource extends MessageTarget {
  readonly bytesKey: number;
  /** Milliseconds since 1970. */
  readonly internalDateMs: number;
}

export interface MessageRows {
  byId(id: string): Promise<StoredMessage | undefined>;
  /** Newest first; a key of no message is left out. */
  byKeys(keys: readonly number[]): Promise<readonly StoredMessage[]>;
  /** The messages of each of these threads, oldest first, in the order of the threads. */
  ofThreads(threadKeys: readonly number[]): Promise<readonly (readonly StoredMessage[])[]>;
  /** The newest `limit` messages below a key, newest first: for work that goes through all of them. */
  sources(belowKey: number, limit: number): Promise<readonly MessageSource[]>;
  /** In the order of the ids, each once; an id of no message is left out. */
  targets(ids: readonly string[]): Promise<readonly MessageTarget[]>;
  /** The ids of the messages that have these bytes, by the keys of the bytes. */
  idsOfBytes(bytesKeys: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Those of these keys under which there are no bytes. */
  missingBytes(bytesKeys: readonly number[]): Promise<readonly number[]>;
}

export interface MessageWriter extends MessageRows {
  /** Stores messages whose ids are free, and answers their keys in the same order. */
  insert(messages: readonly NewMessage[]): Promise<readonly number[]>;
  /** Puts other content in the place of what messages have; a key of no message is passed over. */
  rewrite(contents: readonly { readonly messageKey: number; readonly content: MessageContent }[]): Promise<void>;
  /** Changes labels; answers every message that changed, in the order of their keys as given. */
  relabel(change: Relabelling): Promise<readonly Relabelled[]>;
  /**
   * Deletes messages with all that hangs on them, but for their threads' names; their bytes go when `MessageBytes.sweep`
   * comes round.
   */
  delete(messageKeys: readonly number[]): Promise<readonly DeletedMessage[]>;
}
