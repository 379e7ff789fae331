import { AppError } from '../../core/errors.ts';
import type { KeyPurpose, KeyRing } from '../../core/keys/key-ring.ts';
import { openSealedText, sealText } from '../../core/keys/sealed-text.ts';

/** A text encrypted with a key of the home, and the id of that key. */
export interface Sealed {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** Where a sealed text is kept: it opens nowhere else. */
export interface SealedPlace {
  readonly purpose: KeyPurpose;
  readonly emailAddress: string;
  readonly column: string;
}

/** Encrypts with the present key of the home, and decrypts what was encrypted with any key that it still has. */
export interface Sealer {
  seal(place: SealedPlace, text: string): Sealed;
  /** What was sealed, or undefined where its key is gone or it was changed. */
  unseal(place: SealedPlace, sealed: Sealed): string | undefined;
}

function nameOf({ emailAddress, column }: SealedPlace): string {
  return `${emailAddress} ${column}`;
}

/** A sealer with the keys of a ring. Throws `UNAVAILABLE` where they cannot be read. */
export function createSealer(keys: KeyRing): Sealer {
  return {
    seal(place, text) {
      const keyId = keys.currentId();
      const key = keys.derive(keyId, place.purpose, place.emailAddress);
      if (key === undefined) throw new AppError('UNAVAILABLE', 'The key of this home was changed just now: try again.');
      return { keyId, bytes: sealText(key, nameOf(place), text) };
    },
    unseal(place, { keyId, bytes }) {
      const key = keys.derive(keyId, place.purpose, place.emailAddress);
      return key === undefined ? undefined : openSealedText(key, nameOf(place), bytes);
    },
  };
}
