import { hash } from 'node:crypto';

/** A text as an integer below 2^53, the same on every machine. */
export function hashText(text: string): number {
  const digest = hash('sha1', text);
  return Number.parseInt(digest.slice(0, 12), 16) * 32 + (Number.parseInt(digest.slice(12, 14), 16) >> 3);
}
