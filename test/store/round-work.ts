import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { FeedEvent } from '../../src/store/feed/event.ts';
import { call, type Json, type Server } from '../support/hosts.ts';

/** An outcome that is not known is settled after a minute, by whoever asks when nobody holds the send any more (20 s). */
const longestWaitMs = 240_000;
/** A server answers within the 30 s that it gives a call, and 2 s more; this is for an answer that was lost. */
const longestAnswerMs = 60_000;

export const me = 'me@example.org';
export const bob = 'bob@example.org';

/** What was done in all rounds, and seen to hold. */
export interface Counts {
  sends: number;
  labelChanges: number;
  /** Calls whose answer was lost or that were refused, and made again. */
  repeated: number;
  /** The longest that something took to be done once nothing was in its way, in seconds. */
  longestWait: number;
}

/** Sends and changes of labels through any of the servers, with what their callers know of them. */
export interface RoundWork {
  readonly counts: Readonly<Counts>;
  /** Sends that are not acknowledged, by their key, each with its last answer. */
  readonly open: ReadonlyMap<string, string>;
  /** What the servers answer to a GET, asked again until one does. */
  readonly read: (path: string) => Promise<Json>;
  /** All messages of an account that a query finds. */
  readonly find: (account: string, q: string) => Promise<readonly Json[]>;
  /** Sends a message whose subject is its key, and returns whether that was acknowledged. */
  readonly send: (key: string) => Promise<boolean>;
  /** Makes any message starred that is not, or the other way round, and returns whether that was acknowledged. */
  readonly label: () => Promise<boolean>;
  /** Repeats the change of a label that was not acknowledged, until it is. */
  readonly settleLabels: () => Promise<void>;
  /** Repeats sends that were not acknowledged, until they are. */
  readonly settleSends: () => Promise<void>;
  /** The messages that are starred. */
  readonly starred: () => readonly string[];
  /** Reads on in the feed until it has led to what is starred now; fails where a message comes twice. */
  readonly settleFeed: () => Promise<void>;
  /**
   * Fails unless what arrived was sent once, and all that was acknowledged arrives: a copy that a kill kept from its mailbox is
   * delivered by a job.
   */
  readonly settleArrivals: (arrived: () => Promise<readonly string[]>) => Promise<void>;
  /** Tries until it is true, and notes how long that took. */
  readonly until: (what: string, work: () => Promise<boolean>) => Promise<void>;
}

/** Makes the work on `ids`, messages of {@link me} of which none is starred. */
export function roundWork(
  servers: readonly Server[],
  { token, random, ids }: { readonly token: string; readonly random: () => number; readonly ids: readonly string[] },
): RoundWork {
  const counts: Counts = { sends: 0, labelChanges: 0, repeated: 0, longestWait: 0 };
  const starred = new Set<string>();
  /** Changes that are not acknowledged: whether the message is to be starred. */
  const wanted = new Map<string, boolean>();
  const open = new Map<string, string>();
  const asked = new Set<string>();
  const feed = { after: 0, starred: new Set<string>(), added: new Set<string>() };

  /** What any server answers; status 0 where there was no answer. */
  async function ask(method: string, path: string, body?: unknown): ReturnType<typeof call> {
    const server = servers[Math.floor(random() * servers.length)] ?? assert.fail('no server');
    const signal = AbortSignal.timeout(longestAnswerMs);
    const answer = await call(server, token, method, path, body, signal).catch(() => undefined);
    assert.notEqual(answer?.status, 500, `${method} ${path}: ${JSON.stringify(answer?.json)}`);
    return answer ?? { status: 0, json: {} };
  }

  async function until(what: string, work: () => Promise<boolean>): Promise<void> {
    const startedMs = performance.now();
    while (!(await work())) {
      counts.repeated += 1;
      const isLate = performance.now() > startedMs + longestWaitMs;
      assert.ok(!isLate, `${what} was not done in ${longestWaitMs} ms: ${JSON.stringify([...open])}`);
      await delay(100);
    }
    counts.longestWait = Math.max(counts.longestWait, Math.round((performance.now() - startedMs) / 1000));
  }

  async function read(path: string): Promise<Json> {
    let answer: Awaited<ReturnType<typeof ask>> | undefined;
    await until(`GET ${path}`, async () => {
      answer = await ask('GET', path);
      assert.ok(answer.status === 0 || answer.status === 200 || answer.status >= 500, JSON.stringify(answer));
      return answer.status === 200;
    });
    return answer?.json ?? assert.fail();
  }

  async function find(account: string, q: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    for (let token = ''; ;) {
      const page = token === '' ? '' : `&pageToken=${token}`;
      const json = await read(`/messages?q=${encodeURIComponent(q)}&maxResults=100&account=${account}${page}`);
      found.push(...(json.messages as readonly Json[]));
      if (typeof json.nextPageToken !== 'string') return found;
      token = json.nextPageToken;
    }
  }

  async function send(key: string): Promise<boolean> {
    open.set(key, '');
    asked.add(key);
    counts.sends = asked.size;
    const mail = { account: me, to: [bob], subject: `Sent ${key}`, body: 'Once.', idempotencyKey: key };
    const answer = await ask('POST', '/messages/send', mail);
    if (answer.status === 200) return open.delete(key);
    open.set(key, JSON.stringify(answer));
    counts.repeated += 1;
    return false;
  }

  async function change(id: string, isOn: boolean): Promise<boolean> {
    const labels = isOn ? { addLabelIds: ['STARRED'] } : { removeLabelIds: ['STARRED'] };
    wanted.set(id, isOn);
    if ((await ask('POST', '/messages/modify', { ids: [id], ...labels, account: me })).status !== 200) return false;
    wanted.delete(id);
    if (isOn) starred.add(id);
    else starred.delete(id);
    counts.labelChanges += 1;
    return true;
  }

  /** Whether the feed has led to what is starred. */
  async function readFeed(): Promise<boolean> {
    for (let hasMore = true; hasMore;) {
      const page = await read(`/events?limit=1000&after=${feed.after}`);
      for (const { account, kind, ids } of page.events as readonly FeedEvent[]) {
        const { messageId = '', addedLabelIds = [], removedLabelIds = [] } = ids;
        if (kind === 'messageAdded') {
          assert.ok(!feed.added.has(`${account} ${messageId}`), `${messageId} came twice`);
          feed.added.add(`${account} ${messageId}`);
        }
        if (addedLabelIds.includes('STARRED')) feed.starred.add(messageId);
        if (removedLabelIds.includes('STARRED')) feed.starred.delete(messageId);
      }
      feed.after = Number(page.after);
      hasMore = page.hasMore === true;
    }
    return feed.starred.size === starred.size && [...starred].every((id) => feed.starred.has(id));
  }

  return {
    counts,
    open,
    settleFeed: () => until('the feed', readFeed),
    read,
    find,
    send,
    label() {
      const id = ids[Math.floor(random() * ids.length)] ?? '';
      return change(id, !starred.has(id));
    },
    async settleLabels() {
      for (const [id, isOn] of wanted) await until(`label of ${id}`, () => change(id, isOn));
    },
    async settleSends() {
      for (const key of open.keys()) {
        await until(`the send ${key}`, () => send(key));
      }
    },
    starred: () => [...starred],
    settleArrivals: (arrived) =>
      until('the delivery of what was acknowledged', async () => {
        const sent = (await arrived()).filter((subject) => subject.startsWith('Sent '));
        const twice = sent.filter((subject, place) => sent.indexOf(subject) !== place);
        assert.deepEqual(twice, [], 'nothing was sent twice');
        const there = new Set(sent);
        return [...asked].every((key) => open.has(key) || there.has(`Sent ${key}`));
      }),
    until,
  };
}
