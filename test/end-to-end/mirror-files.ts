import { setTimeout as delay } from 'node:timers/promises';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { MirrorStores } from '../../src/store/mail/mirror-stores.ts';
import { account } from './live-servers.ts';
import { statesOf } from './mailbox-states.ts';

/** What a mirror says of itself; nothing before there is one. */
export async function mirrorState(
  mirrored: LocalMailbox,
): Promise<{ readonly phase?: string; readonly historyId?: string }> {
  return Object(JSON.parse((await mirrored.getMark('mirror')) ?? '{}'));
}

/** Reads what is in the mirror now. */
async function inMirror<T>(mirrors: MirrorStores, read: (mirrored: LocalMailbox) => Promise<T>): Promise<T> {
  const mirrored = openLocalMailbox({ store: await mirrors.open(account), emailAddress: account });
  try {
    return await read(mirrored);
  } finally {
    mirrored.close();
  }
}

/** Ids of the messages that are in the mirror now. */
export const storedIds = async (mirrors: MirrorStores): Promise<ReadonlySet<string>> =>
  new Set(await inMirror(mirrors, async (mirrored) => [...(await statesOf(mirrored)).keys()]));

/** Whether nothing is missing in it. */
export const isFilled = (mirrors: MirrorStores): Promise<boolean> =>
  inMirror(mirrors, async (mirrored) => (await mirrorState(mirrored)).phase === 'complete');

/** Messages of which the mirror has other bytes. */
export async function bytesThatDiffer(
  google: Mailbox,
  mirrored: Mailbox,
  ids: readonly string[],
): Promise<readonly string[]> {
  const different: string[] = [];
  for (const id of ids) {
    const [expected, found] = [await google.getRawMessage(id), await mirrored.getRawMessage(id)];
    if (Buffer.compare(expected.raw, found.raw) !== 0) different.push(`${id}: other bytes`);
  }
  return different;
}

/** Waits until the mirror is whole and has come to where the account is. */
export async function untilEqual(
  mirrors: MirrorStores,
  google: Mailbox,
  patienceMs: number,
): Promise<{ readonly mirrored: LocalMailbox; readonly filledMs: number }> {
  const mirrored = openLocalMailbox({ store: await mirrors.open(account), emailAddress: account });
  const { historyId } = await google.getProfile();
  let filledMs = 0;
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(250)) {
    const state = await mirrorState(mirrored);
    if (state.phase === 'complete' && filledMs === 0) filledMs = performance.now();
    if (state.phase === 'complete' && state.historyId === historyId) return { mirrored, filledMs };
  }
  throw new Error(`the mirror did not come to ${historyId}: ${await mirrored.getMark('mirror')}`);
}
