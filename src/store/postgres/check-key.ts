import { createHmac } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { isSameSecret } from '../../core/same-secret.ts';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import type { RecordStore } from '../records/record-store.ts';

const name = 'key';

/**
 * Refuses a host whose key is not that of the store: it could not read what others have encrypted. The first host to open
 * a store makes a key where it has none, and says of it what others can compare. Throws `UNAVAILABLE` naming `GMAIL_KEY_FILE`.
 */
export async function checkKey(
  records: RecordStore,
  keys: KeyRing,
  place: { readonly key: string; readonly hasKey: () => boolean; readonly store: string },
): Promise<void> {
  const known = await records.get('key', name);
  if (known === undefined) {
    const id = keys.currentId();
    const isFirst = await records.add('key', { name, body: JSON.stringify({ id, proof: proofOf(keys, id) }), atMs: 0 });
    return isFirst ? undefined : checkKey(records, keys, place);
  }
  const { id, proof } = parse(known.body);
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

function proofOf(keys: KeyRing, id: string): string | undefined {
  const key = keys.derive(id, 'store-check', '');
  return key === undefined ? undefined : createHmac('sha256', key).update('gmail-llm store').digest('base64url');
}

function parse(body: string): { readonly id: string; readonly proof: string } {
  const value: unknown = JSON.parse(body);
  if (typeof value === 'object' && value !== null && 'id' in value && 'proof' in value) {
    const { id, proof } = value;
    if (typeof id === 'string' && typeof proof === 'string') return { id, proof };
  }
  throw new AppError('UNAVAILABLE', 'What the store says of its key is damaged.', {
    hint: 'Restore it from a backup.',
  });
}
