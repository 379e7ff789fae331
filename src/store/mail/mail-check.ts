import { zstdDecompressSync } from 'node:zlib';
import type { Awaitable } from '../../core/awaitable.ts';
import { bytesOf, integerOf, type Row } from '../columns.ts';

/** One kind of fault of a mailbox. */
export interface MailFault {
  readonly what: string;
  readonly count: number;
  /** Some of what it is about: ids of messages. */
  readonly examples: readonly string[];
  /** Puts it right; undefined for what only a backup can. */
  readonly repair?: () => Awaitable<void>;
}

/** How many examples a fault names at most. */
export const maxExamples = 5;

/** A mailbox that is looked through. */
export interface MailCheck {
  /** How much there is to read. */
  readonly size: { readonly messages: number; readonly bytes: number };
  /**
   * Looks whether the rows agree with each other and with the bytes of the messages. `onBytes` hears of progress; without
   * it the bytes are not read. The mailbox stays usable meanwhile.
   */
  run(signal: AbortSignal, onBytes?: (doneBytes: number) => void): Promise<readonly MailFault[]>;
  close(): void;
}

/** The size of a mailbox, from a row with the columns `messages` and `bytes`. */
export function sizeOf(row: Row | undefined): MailCheck['size'] {
  return row === undefined
    ? { messages: 0, bytes: 0 }
    : { messages: integerOf(row, 'messages'), bytes: integerOf(row, 'bytes') };
}

/** Whether packed bytes, of which a row has `zstd` and `size_bytes`, are what they were: they have a checksum of their own. */
export function isWhole(row: Row): boolean {
  try {
    return zstdDecompressSync(bytesOf(row, 'zstd')).length === integerOf(row, 'size_bytes');
  } catch {
    return false;
  }
}

/** Faults of messages that lost their bytes, or whose bytes are damaged, by their ids. */
export function bytesFaults(missing: readonly string[], damaged: readonly string[]): readonly MailFault[] {
  return [...faultOf('messages have lost their bytes', missing), ...faultOf('messages have damaged bytes', damaged)];
}

function faultOf(what: string, ids: readonly string[]): readonly MailFault[] {
  return ids.length === 0 ? [] : [{ what, count: ids.length, examples: ids.slice(0, maxExamples) }];
}
