import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test, type TestContext } from 'node:test';
import type { Cause, NewEvent } from '../../../src/store/feed/event.ts';
import type { BroughtHistory, Feed, HistoryEvent } from '../../../src/store/feed/feed.ts';
import { postgresAt } from '../../../src/store/postgres/open-postgres.ts';
import { keptEvents, keptEventsMs } from '../../../src/store/sql/feed/event-rows.ts';
import { eventually } from '../../support/eventually.ts';
import type { FeedPlace } from './feed-program.ts';

/** A feed to be exercised, and where another process finds it. */
interface FeedUnderTest {
  readonly feed: Feed;
  /** Opens it once more, as another process does. */
  readonly openAgain: () => Feed;
  readonly place: FeedPlace;
}

/** Opens an empty feed for a test. */
type OpenFeed = (t: TestContext, now: () => number) => FeedUnderTest | Promise<FeedUnderTest>;

const account = 'ann@example.org';
const call: Cause = { by: 'call', requestId: 'r-1', operation: 'modify_messages', tokenName: 'owner' };
const google: Cause = { by: 'google' };

const added = (messageId: string): Omit<NewEvent, 'account' | 'cause'> => ({
  kind: 'messageAdded',
  ids: { messageId, threadId: 't', labelIds: ['INBOX'] },
});
const starred = (messageId: string): Omit<NewEvent, 'account' | 'cause'> => ({
  kind: 'labelsChanged',
  ids: { messageId, threadId: 't', addedLabelIds: ['STARRED'], removedLabelIds: [] },
});

function history(from: number, events: readonly HistoryEvent[], more: Partial<BroughtHistory> = {}): BroughtHistory {
  const to = events.at(-1)?.historyId ?? String(from);
  return { account, from: String(from), to, events, isComplete: true, settledMs: 0, cause: () => google, ...more };
}

const at = (historyId: number, event: HistoryEvent['event']): HistoryEvent => ({ historyId: String(historyId), event });

/** When the process of the only change last said that it makes it. */
async function heardMs(place: FeedPlace): Promise<unknown> {
  const sql = 'SELECT began_ms FROM own_change';
  if ('file' in place) {
    using database = new DatabaseSync(place.file);
    return database.prepare(sql).get()?.began_ms;
  }
  const database = postgresAt(place.address);
  try {
    return (await database.get(sql))?.began_ms;
  } finally {
    await database.close();
  }
}

async function all(feed: Feed) {
  const { oldest } = await feed.bounds();
  return (await feed.read({ after: oldest, limit: 1000 })).events;
}

const said = async (feed: Feed) =>
  (await all(feed)).map(({ kind, ids, cause }) => `${kind} ${ids.messageId ?? ''} ${cause.by}`.replace('  ', ' '));

/** What every feed does, whatever it is kept in. */
export function exerciseFeed(engine: string, open: OpenFeed): void {
  suite(`feed: ${engine}`, () => {
    test('events are read in the order in which they were written, by account and by kind', async (t) => {
      const { feed } = await open(t, Date.now);
      const event = (of: string, kind: NewEvent['kind']): NewEvent => ({ account: of, kind, ids: {}, cause: google });
      await feed.append([event('a', 'labelChanged'), event('b', 'labelChanged'), event('a', 'settingChanged')]);
      const everything = await feed.read({ after: 0, limit: 10 });
      assert.deepEqual(
        everything.events.map(({ sequence, account, kind }) => [sequence, account, kind]),
        [
          [1, 'a', 'labelChanged'],
          [2, 'b', 'labelChanged'],
          [3, 'a', 'settingChanged'],
        ],
      );
      const first = await feed.read({ after: 0, limit: 1, filter: { accounts: ['a'] } });
      assert.deepEqual([first.after, first.hasMore], [1, true]);
      const second = await feed.read({ after: first.after, limit: 1, filter: { accounts: ['a'] } });
      assert.deepEqual([second.events[0]?.sequence, second.after, second.hasMore], [3, 3, false]);
      // What the filter leaves out need not be looked at again.
      const none = await feed.read({ after: 0, limit: 10, filter: { kinds: ['outboxChanged'] } });
      assert.deepEqual([none.events, none.after], [[], 3]);
    });

    test('a window of events is kept, and whoever asks for what lies before it is told', async (t) => {
      let nowMs = 1e12;
      const { feed } = await open(t, () => nowMs);
      const event: NewEvent = { account, kind: 'labelChanged', ids: {}, cause: google };
      await feed.append(Array.from({ length: keptEvents + 5000 }, () => event));
      assert.deepEqual(await feed.bounds(), { oldest: 5000, newest: keptEvents + 5000 });
      await assert.rejects(feed.read({ after: 4999, limit: 1 }), {
        code: 'NOT_FOUND',
        message: 'The events after 4999 are not kept, or are of another feed.',
      });
      assert.equal((await feed.read({ after: 5000, limit: 1 })).events[0]?.sequence, 5001);
      // A place that a restored backup has not reached yet.
      await assert.rejects(feed.read({ after: keptEvents + 5001, limit: 1 }), { code: 'NOT_FOUND' });

      nowMs += keptEventsMs;
      await feed.prune();
      assert.equal((await feed.bounds()).oldest, 5000);
      nowMs += 1;
      await feed.append([event]);
      await feed.prune();
      assert.deepEqual(await feed.bounds(), { oldest: keptEvents + 5000, newest: keptEvents + 5001 });
    });

    test('a change of a call is one event, whether history reports it or not', async (t) => {
      const { feed } = await open(t, Date.now);
      const change = await feed.begin(account, call);
      await change.publish([starred('m1'), { kind: 'labelChanged', ids: { labelId: 'L' }, state: 'created' }]);
      assert.deepEqual(await said(feed), ['labelsChanged m1 call', 'labelChanged call']);
      // Somebody reads the history for another reason: the change comes back, and somebody else's with it.
      await feed.bring(history(5, [at(6, starred('m1')), at(7, starred('m2')), at(8, starred('m1'))]));
      assert.deepEqual((await said(feed)).slice(2), ['labelsChanged m2 google', 'labelsChanged m1 google']);
    });

    test('where history is followed it gives the order, and calls give the cause', async (t) => {
      const { feed } = await open(t, Date.now);
      await feed.follow(account, '5');
      const published: string[] = [];
      feed.onPublished(async (of) => void published.push(of));
      const change = await feed.begin(account, call);
      await change.publish([starred('m1')]);
      assert.deepEqual([published, await said(feed)], [[account], []]);
      await feed.bring(history(5, [at(6, added('m2')), at(7, starred('m1'))]));
      assert.deepEqual(await said(feed), ['messageAdded m2 google', 'labelsChanged m1 call']);
      assert.equal(await feed.followedTo(account), '7');
      // Two processes read the same piece: it is written once.
      await feed.bring(history(5, [at(6, added('m2')), at(7, starred('m1'))]));
      assert.equal((await all(feed)).length, 2);
    });

    test('history that is read while a call is changing something waits for that call to say what it did', async (t) => {
      const { feed } = await open(t, Date.now);
      await feed.follow(account, '5');
      const change = await feed.begin(account, call);
      const piece = history(5, [at(6, added('m2')), at(7, starred('m1'))]);
      assert.equal(await feed.bring(piece), '5');
      // A call that begins after the piece was read is none of its business.
      await feed.begin(account, call);
      await change.publish([starred('m1')]);
      assert.equal(await feed.bring(piece), '7');
      assert.deepEqual(await said(feed), ['messageAdded m2 google', 'labelsChanged m1 call']);
    });

    test('a record of several events is written whole, or not yet', async (t) => {
      const { feed } = await open(t, Date.now);
      await feed.follow(account, '5');
      const change = await feed.begin(account, call);
      const other = await feed.begin(account, call);
      await change.publish([starred('m1')]);
      const piece = history(5, [at(6, starred('m1')), at(6, starred('m2'))]);
      assert.equal(await feed.bring(piece), '5');
      await other.abandon();
      assert.equal(await feed.bring(piece), '6');
      assert.deepEqual(await said(feed), ['labelsChanged m1 call', 'labelsChanged m2 google']);
    });

    test('a change that had no effect does not claim what somebody else does later', async (t) => {
      const { feed } = await open(t, () => 1000);
      await feed.follow(account, '5');
      await (await feed.begin(account, call)).publish([starred('m1')]);
      await feed.bring(history(5, [], { settledMs: 1001 }));
      await feed.bring(history(5, [at(6, starred('m1'))], { settledMs: 1001 }));
      assert.deepEqual(await said(feed), ['labelsChanged m1 google']);
    });

    test('a message that history has reported is not reported again by the call that learns of it late', async (t) => {
      const { feed } = await open(t, Date.now);
      await feed.bring(history(5, [at(6, added('m1'))]));
      await (await feed.begin(account, call)).publish([added('m1')]);
      assert.deepEqual(await said(feed), ['messageAdded m1 google']);
    });

    test('a gap in a followed history is an event', async (t) => {
      const { feed } = await open(t, Date.now);
      await feed.follow(account, '5');
      await feed.bring(history(9, [at(10, added('m1'))]));
      assert.deepEqual(await said(feed), ['historyLost google', 'messageAdded m1 google']);
    });

    test('a change of a process that was killed holds the history up no longer than that process lived', async (t) => {
      const { feed, place } = await open(t, Date.now);
      await feed.follow(account, '5');
      const program = join(import.meta.dirname, 'feed-program.ts');
      const child = spawn(process.execPath, [program, JSON.stringify(place), account], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      const piece = history(5, [at(6, added('m1'))]);
      assert.equal(await feed.bring(piece), '5');
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.equal(await feed.bring(piece), '6');
    });

    test('a change of a process that says nothing more holds the history up for less than a minute', async (t) => {
      let nowMs = Date.now();
      const { feed, openAgain } = await open(t, () => nowMs);
      await feed.follow(account, '5');
      // As long as this process does not say again that it makes it, it is as one of a machine that is gone.
      const change = await feed.begin(account, call);
      const piece = history(5, [at(6, starred('m1'))]);
      const other = openAgain();
      assert.equal(await other.bring(piece), '5');
      nowMs += 60_000;
      assert.equal(await other.bring(piece), '6');
      // It was only asleep: history has said it all.
      await change.publish([starred('m1'), added('m2')]);
      await other.bring(history(6, [at(7, added('m2')), at(8, starred('m1'))]));
      const events = ['labelsChanged m1 google', 'messageAdded m2 google', 'labelsChanged m1 google'];
      assert.deepEqual(await said(feed), events);
    });

    test('a change that takes long holds the history up as long as its process says that it makes it', async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] });
      let nowMs = Date.now();
      const { feed, openAgain, place } = await open(t, () => nowMs);
      await feed.follow(account, '5');
      const change = await feed.begin(account, call);
      const other = openAgain();
      const piece = history(5, [at(6, starred('m1'))]);
      for (let count = 0; count < 6; count += 1) {
        nowMs += 20_000;
        t.mock.timers.tick(20_000);
        await eventually('that it is still made is written', async () => (await heardMs(place)) === nowMs);
        assert.equal(await other.bring(piece), '5');
      }
      await change.publish([starred('m1')]);
      assert.equal(await other.bring(piece), '6');
      assert.deepEqual(await said(feed), ['labelsChanged m1 call']);
    });

    test('readers are woken by what their own and by what other processes write', async (t) => {
      const { feed, openAgain } = await open(t, Date.now);
      const other = openAgain();
      const stop = new AbortController();
      const seen: number[] = [];
      for await (const newest of feed.changes(stop.signal)) {
        seen.push(newest);
        if (newest === 2) stop.abort();
        const event: NewEvent = { account, kind: 'labelChanged', ids: {}, cause: google };
        if (newest < 2) await (newest === 0 ? feed : other).append([event]);
      }
      assert.deepEqual(seen, [0, 1, 2]);
    });
  });
}
