import type { DeliveryRows, DeliveryWriter } from './delivery-rows.ts';
import type { DraftRows, DraftWriter } from './draft-rows.ts';
import type { HistoryRows, HistoryWriter } from './history-rows.ts';
import type { LabelRows, LabelWriter } from './label-rows.ts';
import type { MessageBytes } from './message-bytes.ts';
import type { MessageRows, MessageWriter } from './message-rows.ts';
import type { SearchRows } from './search-rows.ts';
import type { ThreadRows, ThreadWriter } from './thread-rows.ts';
import type { ValueRows, ValueWriter } from './value-rows.ts';

/** How large a mailbox is and where its history begins and ends. */
export interface MailboxTotals {
  readonly messagesTotal: number;
  /** Threads with messages. */
  readonly threadsTotal: number;
  readonly historyId: number;
  /** The oldest history id from which all changes are still known. */
  readonly oldestHistoryId: number;
}

/** What a mailbox holds, to be read. */
export interface MailRows {
  totals(): Promise<MailboxTotals>;
  readonly labels: LabelRows;
  readonly messages: MessageRows;
  readonly threads: ThreadRows;
  readonly search: SearchRows;
  readonly drafts: DraftRows;
  readonly history: HistoryRows;
  readonly values: ValueRows;
  readonly deliveries: DeliveryRows;
}

/** What a mailbox holds, to be read and changed. */
export interface MailWriter extends MailRows {
  readonly labels: LabelWriter;
  readonly messages: MessageWriter;
  readonly threads: ThreadWriter;
  readonly drafts: DraftWriter;
  readonly history: HistoryWriter;
  readonly values: ValueWriter;
  readonly deliveries: DeliveryWriter;
}

/**
 * The rows of one mailbox; any number of processes may have it open. It keeps what it is told and decides nothing about
 * mail: ids, threads, labels and dates come from the rules above it, or from Google. Every method throws `UNAVAILABLE`
 * when the store cannot be reached or written.
 */
export interface MailStore {
  /** Makes one call; that is a transaction of its own. */
  once<T>(call: (rows: MailRows) => Promise<T>): Promise<T>;
  /**
   * Everything that `work` reads is of one moment. Where an engine waits for a server, that stops when `signal` aborts, and the
   * signal's reason is thrown.
   */
  read<T>(work: (rows: MailRows) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Everything that `work` changes is stored or, when it throws, none of it, and other writers of the mailbox wait
   * meanwhile: `work` waits for nothing but its rows. `onDisk`: when it returns it has survived a power cut, too.
   */
  write<T>(work: (rows: MailWriter) => Promise<T>, options?: { readonly onDisk: boolean }): Promise<T>;
  readonly bytes: MessageBytes;
  /** Makes searches fast again after many messages were put. May take a second for 30,000 messages. */
  optimize(): Promise<void>;
  /** Whether work has found that the mailbox was renamed or deleted: then it threw `NOT_FOUND`, and so will all other. */
  isGone?(): boolean;
  close(): void;
}
