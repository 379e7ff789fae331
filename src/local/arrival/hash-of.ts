import { hash } from 'node:crypto';

/** What tells two messages from outside apart: the SHA-256 of their bytes. */
export function hashOf(raw: Uint8Array): Buffer {
  return hash('sha256', raw, 'buffer');
}
