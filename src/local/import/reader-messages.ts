import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode, ErrorDetails } from '../../core/errors.ts';
import type { ReadingState, ReadRequest } from './read-batches.ts';
import type { SentBatch } from './sent-batch.ts';

/** What the thread that reads an import is started with. */
export interface ReaderData {
  readonly request: ReadRequest;
  /** The address of the mailbox, in lower case. */
  readonly owner: string;
  /** Whether there are messages in the mailbox: else it need not be asked for each. */
  readonly hasMessages: boolean;
  /** Where it asks what the mailbox knows; one answer for each {@link Question}, in their order. */
  readonly questions: MessagePort;
}

/** What the thread asks: a mark by its name, or which of these messages are there already. */
export type Question =
  | { readonly kind: 'getMark'; readonly name: string }
  | { readonly kind: 'findStored'; readonly hashes: readonly Uint8Array[] };

/** The answer to the one or the other. */
export interface Answer {
  readonly mark?: string | undefined;
  readonly stored?: readonly boolean[];
}

/** What the thread is told: the batch that it sent was taken, or reading is to end. */
export type ToReader = 'taken' | 'stop';

/** What the thread says. */
export type FromReader =
  | ReadingState
  | SentBatch
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails };
