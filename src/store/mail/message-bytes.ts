import type { PackedBytes } from './pack-bytes.ts';

/** A message's bytes on their way into the store: as they are, or packed before. */
export type StoredBytes = {
  /** Tells it from every other message: of its bytes alone where equal bytes are one message, else of something more. */
  readonly sha256: Uint8Array;
} & ({ readonly raw: Uint8Array } | PackedBytes);

/**
 * The messages as they were received. Bytes are stored and waited for until they are on the disk before the messages
 * that refer to them: no crash leaves a message without its bytes, at worst bytes without a message.
 */
export interface MessageBytes {
  /**
   * Stores what is not there yet and answers the keys in the same order. The same `sha256` always has the same key, also
   * when an earlier import stopped before its message was stored.
   */
  put(messages: readonly StoredBytes[]): Promise<readonly number[]>;
  /** The keys of those that are stored, in the order of the hashes; nothing is written. */
  find(hashes: readonly Uint8Array[]): Promise<readonly (number | undefined)[]>;
  /** Throws `UNAVAILABLE` when they are not there, or not whole. */
  get(key: number): Promise<Uint8Array>;
  /** Deletes bytes whose message was not stored after all, unless a message has them by now. Never throws. */
  discard(key: number): Promise<void>;
  /**
   * Deletes bytes whose message was deleted, but for those that are still to be delivered; also what an earlier crash
   * left. Never throws: what cannot be deleted now is with the next round.
   */
  sweep(): Promise<void>;
}
