import { createHash } from 'node:crypto';

/** SHA-256 (hex) of a message's bytes. */
export function hashContent(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex');
}
