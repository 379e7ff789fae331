import type { ReadyBatch } from './ready-batch.ts';

type Message = ReadyBatch['messages'][number];

/** A batch as it goes from one thread to another: bytes in one piece, which is handed over and not copied. */
export interface SentBatch extends Omit<ReadyBatch, 'messages'> {
  readonly messages: readonly (Omit<Message, 'sha256' | 'packed'> & { readonly sizeBytes: number })[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each message's hash and packed bytes end in `bytes`, one behind the other. */
  readonly ends: readonly number[];
}

const hashBytes = 32;

/** {@link receivedBatch} is the way back. */
export function sentBatch({ messages, ...batch }: ReadyBatch): SentBatch {
  const ends: number[] = [];
  let end = 0;
  for (const { packed } of messages) {
    end += hashBytes + packed.zstd.length;
    ends.push(end);
  }
  const bytes = new Uint8Array(end);
  const rest = messages.map(({ sha256, packed: { zstd, sizeBytes }, ...message }, index) => {
    const at = (ends[index] ?? 0) - zstd.length;
    bytes.set(sha256, at - hashBytes);
    bytes.set(zstd, at);
    return { ...message, sizeBytes };
  });
  return { ...batch, messages: rest, bytes, ends };
}

export function receivedBatch({ messages, bytes, ends, ...batch }: SentBatch): ReadyBatch {
  let start = 0;
  const whole = messages.map(({ sizeBytes, ...message }, index) => {
    const end = ends[index] ?? start;
    const sha256 = bytes.subarray(start, start + hashBytes);
    const zstd = bytes.subarray(start + hashBytes, end);
    start = end;
    return { ...message, sha256, packed: { zstd, sizeBytes } };
  });
  return { ...batch, messages: whole };
}
