import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
/** NIST SP 800-38D: a random nonce of 96 bits, made anew for every text. */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The text encrypted with AES-256-GCM: nonce, ciphertext, tag. `place` says where it is kept; it opens nowhere else, so
 * that sealed texts cannot be exchanged. `key` has 32 bytes.
 */
export function sealText(key: Uint8Array, place: string, text: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** The text that was sealed, or undefined when it was not sealed with this key for this place, or was changed since. */
export function openSealedText(key: Uint8Array, place: string, sealed: Uint8Array): string | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const text = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // What `final` throws says no more than that the tag is wrong.
    return undefined;
  }
}
