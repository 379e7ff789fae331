import type { MirrorStores } from '../../store/mail/mirror-stores.ts';

/** A mirror that somebody has written to within an hour is not taken away from under them. */
const untouchedMs = 60 * 60 * 1000;

/** Mirrors that belong to none of these accounts: a mirror does not outlive its login. */
export async function leftoverMirrors(
  stores: Pick<MirrorStores, 'list' | 'writtenMs'>,
  accounts: readonly string[],
  nowMs: number,
): Promise<readonly string[]> {
  const leftover: string[] = [];
  for (const account of await stores.list()) {
    if (accounts.includes(account)) continue;
    if (nowMs - (await stores.writtenMs(account)) > untouchedMs) leftover.push(account);
  }
  return leftover;
}
