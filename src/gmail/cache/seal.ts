import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** Nothing that Gmail keeps is larger; what claims to be is not ours. */
const maxOpenedBytes = 256 * 1024 * 1024;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** What of a cache is secret: bytes go in compressed and encrypted. */
export interface Sealer {
  /** `place` says what the bytes are and whose: bytes of another place do not open. */
  seal(bytes: Uint8Array, place: string): Promise<Uint8Array>;
  /** The bytes, or undefined for what was not sealed with this key for this place. */
  open(sealed: Uint8Array, place: string): Promise<Uint8Array | undefined>;
  /** A text that stands for another, and tells nothing of it to whoever has no key. */
  keyedHash(text: string): string;
}

/** AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for each; `key` has 32 bytes. */
export function createSealer(key: Uint8Array): Sealer {
  return {
    async seal(bytes, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place));
      const encrypted = [cipher.update(await deflate(bytes)), cipher.final()];
      return Buffer.concat([nonce, cipher.getAuthTag(), ...encrypted]);
    },
    async open(sealed, place) {
      try {
        const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes))
          .setAAD(Buffer.from(place))
          .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
        const compressed = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
        return await inflate(compressed, { maxOutputLength: maxOpenedBytes });
      } catch {
        // Another key, or somebody has changed the file: as good as not there.
        return undefined;
      }
    },
    keyedHash: (text) => createHmac('sha256', key).update(text).digest('base64url'),
  };
}
