import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { buildMail } from '../build-mail.ts';
import { readEventStream } from './event-reader.ts';
import { account, startLiveServers } from './live-servers.ts';
import { openSqliteFeed } from '../../src/store/sqlite/feed/open-feed.ts';
import { join } from 'node:path';
import { openSharedState } from '../gmail/open-shared-state.ts';

/** How long an event may take before something is wrong. */
const patienceMs = 60_000;

/** Waits until the account is followed and, where that is wanted, Google publishes its changes. */
async function untilFollowed(dataFolder: string, isPushed: boolean): Promise<void> {
  const feed = openSqliteFeed(join(dataFolder, 'events.db'), Date.now);
  const state = openSharedState(dataFolder);
  try {
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(100)) {
      const isFollowed = (await feed.followedTo(account)) !== undefined;
      if (isFollowed && (!isPushed || (await state.followStates.read(account)).watchExpiresMs > 0)) return;
    }
    throw new Error('the account is not followed');
  } finally {
    feed.close();
    await state.close();
  }
}

/**
 * Delivers messages on the emulator, one after the other, and returns how long each took to be an event at a reader of a
 * server's stream (milliseconds).
 */
export async function measureDelivery(options: {
  readonly messages: number;
  readonly isMirrored: boolean;
  readonly isPushed: boolean;
}): Promise<readonly number[]> {
  const live = await startLiveServers({ ...options, servers: ['gmail-api-server'] });
  const arrivals = new EventTarget();
  const reader = readEventStream({
    urls: live.servers.map(({ url }) => url),
    token: live.token,
    after: 0,
    onEvent({ kind, ids }) {
      if (kind === 'messageAdded') arrivals.dispatchEvent(new Event(ids.messageId ?? ''));
    },
  });
  try {
    await untilFollowed(live.dataFolder, options.isPushed);
    const delays: number[] = [];
    // The first one loads code and opens connections.
    for (let number = 0; number <= options.messages; number += 1) {
      const raw = buildMail({ subject: `number ${number}`, messageId: `${number}@x` });
      const startedMs = performance.now();
      const { id } = await live.emulator.deliver(undefined, raw);
      if (!reader.events.some(({ ids }) => ids.messageId === id)) {
        await once(arrivals, id, { signal: AbortSignal.timeout(patienceMs) });
      }
      if (number > 0) delays.push(performance.now() - startedMs);
      // As mail comes: not at a moment of its making.
      await delay(Math.random() * 500);
    }
    return delays;
  } finally {
    await reader.close();
    await live.close();
  }
}

/** The middle and the largest of several times, for a line. */
export function describeDelays(delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
  return `${sorted.length} deliveries: half within ${at(0.5)} ms, all within ${at(1)} ms`;
}

if (import.meta.main) {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say('From a delivery on the emulator to the event at a reader of GET /api/events');
  for (const isMirrored of [false, true]) {
    const mirror = isMirrored ? 'mirrored' : 'no mirror';
    const pushed = await measureDelivery({ messages: 30, isMirrored, isPushed: true });
    say(`${mirror}, Pub/Sub: ${describeDelays(pushed)} (aim: 1000 ms)`);
    const polled = await measureDelivery({ messages: 6, isMirrored, isPushed: false });
    say(`${mirror}, polling: ${describeDelays(polled)} (aim: the interval, ${isMirrored ? 10 : 15} s)`);
  }
}
