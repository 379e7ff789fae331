import { hash } from 'node:crypto';

/** A text as an integer below 2^53, the same on every machine. */
export function hashText(text: string): number {
  const digest = Buffer.from(hash('sha1', text), 'hex');
  return digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) >> 3);
}
