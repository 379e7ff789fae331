import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import type { RecordStore } from './record-store.ts';

const name = 'key';

const storeKey = z.object({
  /** The key that encrypts. */
  id: z.string(),
  /** Says whether a host has that key, and nothing of it. */
  proof: z.string(),
  /** The one that will, which hosts are being given. */
  next: z.string().optional(),
  /** The one before, with which something may still be encrypted. */
  previous: z.string().optional(),
});

/** What hosts know of the keys of their store. */
export type StoreKey = z.output<typeof storeKey>;

/** What a store says of its key; undefined before the first host has opened it. Throws `UNAVAILABLE`. */
export async function readStoreKey(records: RecordStore): Promise<StoreKey | undefined> {
  const known = await records.get('key', name);
  if (known === undefined) return undefined;
  const parsed = storeKey.safeParse(JSON.parse(known.body));
  if (parsed.success) return parsed.data;
  throw new AppError('UNAVAILABLE', 'What the store says of its key is damaged.', {
    hint: 'Restore it from a backup.',
  });
}

/** Says of the first key of a store what others can compare; false where another host has said so of its own. */
export function addStoreKey(records: RecordStore, keys: KeyRing): Promise<boolean> {
  const id = keys.currentId();
  return records.add('key', { name, body: JSON.stringify({ id, proof: proofOf(keys, id) }), atMs: 0 });
}

/** Says what became of the keys of a store. */
export async function writeStoreKey(records: RecordStore, keys: KeyRing, key: Omit<StoreKey, 'proof'>): Promise<void> {
  await records.put('key', { name, body: JSON.stringify({ ...key, proof: proofOf(keys, key.id) }), atMs: 0 });
}

/** What a host that has a key can say of it; undefined where it has not. */
export function proofOf(keys: KeyRing, id: string): string | undefined {
  const key = keys.derive(id, 'store-check', '');
  return key === undefined ? undefined : createHmac('sha256', key).update('gmail-llm store').digest('base64url');
}
