import { AppError } from '../../core/errors.ts';
import { isSameSecret } from '../../core/same-secret.ts';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import type { RecordStore } from '../records/record-store.ts';
import { addStoreKey, proofOf, readStoreKey } from '../records/store-key.ts';

/**
 * Refuses a host whose key is not that of the store: it could not read what others have encrypted. The first host to open
 * a store makes a key where it has none, and says of it what others can compare. Throws `UNAVAILABLE` naming `GMAIL_KEY_FILE`.
 */
export async function checkKey(
  records: RecordStore,
  keys: KeyRing,
  place: { readonly key: string; readonly hasKey: () => boolean; readonly store: string },
): Promise<void> {
  const known = await readStoreKey(records);
  if (known === undefined) {
    return (await addStoreKey(records, keys)) ? undefined : checkKey(records, keys, place);
  }
  const { id, proof } = known;
  // Asking for a key would make one.
  const own = place.hasKey() ? proofOf(keys, id) : undefined;
  if (own !== undefined && isSameSecret(own, proof)) return;
  throw new AppError(
    'UNAVAILABLE',
    place.hasKey()
      ? `The key in ${place.key} is not the key of the store ${place.store}.`
      : `This host has no key of the store ${place.store}: there is no ${place.key}.`,
    {
      field: 'GMAIL_KEY_FILE',
      expected: `the key ${id}, which every host of this store has`,
      got: place.hasKey() ? 'another key' : 'no key',
      hint: 'Copy the key file of a host that works, rights 0600, and name it in GMAIL_KEY_FILE.',
    },
  );
}
