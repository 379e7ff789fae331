import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { FeedEvent } from '../../src/store/feed/event.ts';
import { buildMail } from '../build-mail.ts';
import type { AbsentHosts } from './absent-hosts.ts';
import { account, startLiveServers, type LiveServers } from './live-servers.ts';
import { differencesOf, statesOf } from './mailbox-states.ts';
import { storedIds, untilEqual } from './mirror-files.ts';

const job = 'gmail-mirror';
/**
 * Enough that the mirror is not full when the last host goes away: what has nothing to do is taken over by nobody. Four batches, each
 * of which takes so long that a round sees two or three.
 */
const messagesPerWay = 160;
const batchMs = 3000;
const patienceMs = 120_000;

/**
 * Takes the host that fills a mirror away, in each of the `ways`, until another goes on, and asserts that it writes over nothing
 * when it is back.
 */
export async function beOvertaken<How extends string>(options: {
  readonly address: string;
  readonly hosts: (wanted: {
    readonly count: number;
    readonly running: () => LiveServers;
  }) => Promise<AbsentHosts<How>>;
  readonly ways: readonly How[];
  readonly say: (line: string) => void;
}): Promise<void> {
  const messages = messagesPerWay * options.ways.length;
  let slow: string | undefined;
  const absent = await options.hosts({ count: 2, running: () => live });
  const live: LiveServers = await startLiveServers({
    servers: ['gmail-api-server', 'gmail-mcp-server'],
    isMirrored: true,
    isPushed: false,
    // Half of it fills the mirror: there is time to be overtaken in.
    unitsPerMinute: 12_000,
    postgres: { address: options.address, hosts: absent.hosts },
    async prepare({ clock, deliver, faults }) {
      for (let number = 1; number <= messages; number += 1) {
        clock.advance(1000);
        await deliver(undefined, buildMail({ subject: `${number}`, messageId: `${number}@x` }));
      }
      // Whoever is overtaken has asked for something that it has no answer to yet.
      slow = faults.add({ match: 'batch', kind: 'delay', milliseconds: batchMs });
    },
  });
  try {
    const { emulator, holderOf, stores } = live;
    const google = emulator.mailbox();
    const until = async (what: string, isSo: () => Promise<boolean>) => {
      const endMs = performance.now() + patienceMs;
      while (!(await isSo())) {
        assert.ok(performance.now() < endMs, `${what}: not within ${patienceMs} ms`);
        await delay(20);
      }
    };
    const stored = async () => storedIds(stores.mirrors);
    const feed = stores.feed.feed();
    await until('the account is followed', async () => (await feed.followedTo(account)) !== undefined);
    const arrived: string[] = [];
    const starred = async (id: string) =>
      google.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });

    for (const [round, how] of options.ways.entries()) {
      const count = (await stored()).size;
      // On a slow machine it may be full before the last round: then the host is away while mail arrives.
      const isFilled = async () => (await stored()).size > count || count >= messages;
      await until('a host fills the mirror', async () => (await isFilled()) && (await holderOf(job)) !== undefined);
      const holder = (await holderOf(job)) ?? assert.fail('nobody fills it');
      absent.leave(holder, how);
      const sinceMs = performance.now();
      const before = await stored();
      // What the host that is away has asked for is not so any more.
      const listed = (
        await google.searchMessages({ query: { kind: 'all' }, includeSpamTrash: true, maxResults: messages })
      ).messages.map(({ id }) => id);
      const [changed = '', deleted = ''] = [
        listed.find((id) => before.has(id)),
        listed.findLast((id) => !before.has(id)) ?? listed.at(-1),
      ];
      await starred(changed);
      await google.deleteMessages([deleted]);
      const late = await emulator.deliver(
        undefined,
        buildMail({ subject: `late ${round}`, messageId: `late-${round}@x` }),
      );
      arrived.push(late.id);
      await until('the other host goes on', async () => ![undefined, holder].includes(await holderOf(job)));
      options.say(`${how}: the other host went on after ${Math.round(performance.now() - sinceMs)} ms`);
      await until('it stores messages', async () => (await stored()).has(late.id));
      absent.comeBack(holder, how);
    }
    emulator.faults.clear(slow);
    const { mirrored } = await untilEqual(stores.mirrors, google, patienceMs);
    assert.deepEqual(differencesOf(await statesOf(google), await statesOf(mirrored)), []);
    mirrored.close();
    // What the mirror has is told a moment later.
    let events: readonly FeedEvent[] = [];
    const added = () => events.flatMap(({ kind, ids }) => (kind === 'messageAdded' ? [ids.messageId ?? ''] : []));
    await until('its events', async () => {
      ({ events } = await feed.read({ after: 0, limit: 1000 }));
      return arrived.every((id) => added().includes(id));
    });
    assert.deepEqual(added().toSorted(), arrived.toSorted());
    assert.ok(!events.some(({ kind }) => kind === 'historyLost'));
  } finally {
    for (const server of live.servers) for (const how of options.ways) absent.comeBack(server, how);
    await live.close();
  }
}
