import { AppError } from '../../core/errors.ts';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import type { SharedLedgers } from '../shared-ledgers.ts';
import { readStoreKey, writeStoreKey } from './store-key.ts';

/**
 * What a step has done: a new key lies beside the one that encrypts; it encrypts from now on; the old one is forgotten. After
 * each of them every host has to be given the file of keys.
 */
export type RotationStep = 'made' | 'used' | 'finished';

/**
 * Takes the next step to another key. Hosts have the keys in files of their own, which only their administrator can change on
 * all of them: each step waits for the files of the one before it, on whichever host it is taken. `encryptAgain` encrypts
 * with the newest key all that is kept. A step that was cut off is taken again. Throws `UNAVAILABLE` for a host that does not
 * have the file of the step before.
 */
export async function rotateStoreKey(
  { records, keys, place }: SharedLedgers,
  encryptAgain: () => Promise<void>,
): Promise<RotationStep> {
  const known = await readStoreKey(records);
  if (known === undefined) throw new AppError('UNAVAILABLE', `The store ${place} says nothing of its key.`);
  if (known.next !== undefined) {
    requireKey(keys, known.next);
    keys.putFirst(known.next);
    await writeStoreKey(records, keys, { id: known.next, previous: known.id });
    return 'used';
  }
  if (known.previous !== undefined) {
    keys.reload();
    if (keys.currentId() !== known.id) throw notCopied(known.id);
    await encryptAgain();
    keys.keepOnly(known.id);
    await writeStoreKey(records, keys, { id: known.id });
    return 'finished';
  }
  await writeStoreKey(records, keys, { id: known.id, next: keys.addLast() });
  return 'made';
}

function requireKey(keys: KeyRing, id: string): void {
  if (keys.derive(id, 'store-check', '') === undefined) throw notCopied(id);
}

function notCopied(id: string): AppError {
  return new AppError('UNAVAILABLE', 'This host does not have the key file of the step before.', {
    field: 'GMAIL_KEY_FILE',
    expected: `a file with the key ${id}`,
    hint: 'Copy the key file of the host on which that step was taken, to every host, and run this again.',
  });
}
