import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { mirrorFolder } from '../../src/store/sqlite/mail/mirrors.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openSqliteFeed } from '../../src/store/sqlite/feed/open-feed.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { jsonHeaders, modernToolCall } from '../mcp/raw-http.ts';
import { feedFaults, impossibleSightings, readSteps } from './account-states.ts';
import { readEventStream } from './event-reader.ts';
import { account, startLiveServers, type LiveServer } from './live-servers.ts';
import { differencesOf, statesOf } from './mailbox-states.ts';
import { mirrorState } from './mirror-files.ts';

/** What a load of a mirrored account is made of. */
interface EventsLoad {
  /** Changes from both sides. */
  readonly changes: number;
  /** Changes that are under way at once. */
  readonly lanes: number;
  /** How often readers of events are cut off. */
  readonly disconnects: number;
  /** Changes that are not made by then are left out. */
  readonly mostMinutes?: number;
}

/** What came of it. */
export interface EventsLoadReport {
  readonly changes: number;
  readonly byUs: number;
  readonly refused: number;
  readonly seconds: number;
  /** States that a reader saw and that never were, or not in that order. */
  readonly impossible: readonly string[];
  readonly reads: number;
  /** Where the mirror and the account differ in the end. */
  readonly differences: readonly string[];
  /** Where the feed is not what happened, each change once, in order. */
  readonly feedFaults: readonly string[];
  readonly events: number;
  /** What readers of the stream missed or got in the wrong order. */
  readonly readerFaults: readonly string[];
  readonly disconnects: number;
}

const startMessages = 60;
const patienceMs = 120_000;
const serverNames = ['gmail-api-server', 'gmail-mcp-server', 'gmail-api-server', 'gmail-mcp-server'] as const;
const labelIds = ['STARRED', 'UNREAD', 'IMPORTANT', 'INBOX'];

function oneOf<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}

/** An answer, or undefined where a connection that was idle too long has just been closed. */
function askOrCut(url: string, init: RequestInit): Promise<Response | undefined> {
  return fetch(url, init).catch(() => undefined);
}

/** Changes labels through a server of ours; false where it refused. */
async function modify(server: LiveServer, token: string, change: object): Promise<boolean> {
  const headers = jsonHeaders(token);
  if (server.name === 'gmail-api-server') {
    const url = `${server.url}/api/messages/modify`;
    const response = await askOrCut(url, { method: 'POST', headers, body: JSON.stringify(change) });
    await response?.body?.cancel();
    return response?.ok === true;
  }
  const call = modernToolCall('modify_messages', change, { id: 1 });
  const response = await askOrCut(`${server.url}/mcp`, {
    method: 'POST',
    headers: { ...headers, ...call.headers },
    body: JSON.stringify(call.message),
  });
  return response !== undefined && !(await response.text()).includes('"isError":true');
}

/** Four servers of one mirrored account, which both sides change while readers of messages and events watch. */
export async function loadEvents(load: EventsLoad): Promise<EventsLoadReport> {
  const { changes, lanes, disconnects, mostMinutes = Infinity } = load;
  const ids: string[] = [];
  const live = await startLiveServers({
    servers: serverNames,
    isMirrored: true,
    isPushed: true,
    async prepare({ clock, deliver }) {
      for (let number = 1; number <= startMessages; number += 1) {
        clock.advance(1000);
        ids.push((await deliver(undefined, buildMail({ subject: `${number}`, messageId: `${number}@x` }))).id);
      }
    },
  });
  const { emulator, dataFolder, token, servers } = live;
  const google = emulator.mailbox();
  const feed = openSqliteFeed(join(dataFolder, 'events.db'), Date.now);
  const store = openMailStore(mirrorFolder(dataFolder, account));
  const mirrored = openLocalMailbox({ store, emailAddress: account });
  const apis = servers.filter(({ name }) => name === 'gmail-api-server');
  const urls = apis.map(({ url }) => url);

  async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(50)) {
      if (await isThere()) return;
    }
    throw new Error(`${what}: not within ${patienceMs} ms`);
  }

  try {
    await until('the account is followed', async () => (await feed.followedTo(account)) !== undefined);
    await until('the mirror is filled', async () => (await mirrorState(mirrored)).phase === 'complete');
    const startId = (await google.getProfile()).historyId;
    const initial = new Map((await statesOf(google)).keys().map((id) => [id, [] as readonly string[]]));
    for (const id of initial.keys()) initial.set(id, (await google.getMessage(id)).summary.labelIds);
    const { newest: after } = await feed.bounds();
    const readers = [0, 1, 2, 3].map((index) =>
      readEventStream({ urls: index % 2 === 0 ? urls : urls.toReversed(), token, after }),
    );
    const over = new AbortController();
    const sightings = new Map<string, (readonly string[] | undefined)[]>();
    let reads = 0;

    /** Reads a few messages again and again, as long as they change. */
    async function watch(url: string, watched: readonly string[]): Promise<void> {
      while (!over.signal.aborted) {
        for (const id of watched) {
          const response = await askOrCut(`${url}/api/messages/${id}?body=none`, {
            headers: { authorization: `Bearer ${token}` },
          });
          if (response === undefined) continue;
          const body: unknown = await response.json();
          if (!response.ok && response.status !== 404) continue;
          reads += 1;
          const key = `${url} ${id}`;
          const seen: readonly string[] | undefined = response.ok ? Object(body).labelIds : undefined;
          const sofar = sightings.get(key) ?? [];
          sightings.set(key, sofar);
          // A state that stays is one sighting.
          if (JSON.stringify(sofar.at(-1)) !== JSON.stringify(seen) || sofar.length === 0) sofar.push(seen);
        }
        await delay(5);
      }
    }

    let byUs = 0;
    let refused = 0;
    let made = 0;
    /** What messages have after all changes that were begun: each next one changes something. */
    const labelled = new Set(ids.flatMap((id) => ['INBOX', 'UNREAD'].map((label) => `${id} ${label}`)));
    const isMade = () => made >= changes || performance.now() - startedMs > mostMinutes * 60_000;
    async function change(): Promise<void> {
      while (!isMade()) {
        made += 1;
        const id = oneOf(ids) ?? '';
        const label = oneOf(labelIds) ?? '';
        const isThere = labelled.delete(`${id} ${label}`);
        if (!isThere) labelled.add(`${id} ${label}`);
        const labels = { ids: [id], addLabelIds: isThere ? [] : [label], removeLabelIds: isThere ? [label] : [] };
        const dice = Math.random();
        if (dice < 0.45) {
          byUs += 1;
          const server = oneOf(servers);
          if (server === undefined || !(await modify(server, token, labels))) refused += 1;
        } else if (dice < 0.93) await google.modifyMessages(labels).catch(() => {});
        else if (dice < 0.97) {
          const late = await emulator.deliver(undefined, buildMail({ messageId: `late-${made}@x` }));
          for (const labelId of late.labelIds) labelled.add(`${late.id} ${labelId}`);
          ids.push(late.id);
        } else {
          // Those that are watched stay.
          const [gone] = ids.splice(8 + Math.floor(Math.random() * (ids.length - 8)), 1);
          if (gone !== undefined) await google.deleteMessages([gone]).catch(() => {});
        }
      }
    }

    async function cut(): Promise<void> {
      for (let count = 0; count < disconnects; count += 1) {
        // As the changes go on.
        while (made < (changes * count) / disconnects && !isMade()) await delay(10);
        oneOf(readers)?.disconnect();
      }
    }

    const startedMs = performance.now();
    const watching = urls.map((url, index) => watch(url, ids.slice(index * 4, index * 4 + 4)));
    await Promise.all([cut(), ...Array.from({ length: lanes }, change)]);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const { historyId } = await google.getProfile();
    await until('the mirror comes to the end', async () => (await mirrorState(mirrored)).historyId === historyId);
    await until('the feed comes to the end', async () => (await feed.followedTo(account)) === historyId);
    over.abort();
    await Promise.all(watching);

    const steps = await readSteps(google, startId);
    const events = [];
    for (let place = after, hasMore = true; hasMore;) {
      const page = await feed.read({ after: place, limit: 1000 });
      events.push(...page.events);
      ({ after: place, hasMore } = page);
    }
    const sequences = events.map(({ sequence }) => sequence);
    await until('readers come to the end', async () =>
      readers.every(({ events: read }) => read.at(-1)?.sequence === sequences.at(-1)),
    );
    const readerFaults = readers.flatMap(({ events: read }, index) => {
      // At least once: one that came twice came with its connection.
      const once = [...new Set(read.map(({ sequence }) => sequence))];
      return JSON.stringify(once) === JSON.stringify(sequences)
        ? []
        : [`reader ${index}: ${once.length} of ${sequences.length}`];
    });
    for (const reader of readers) await reader.close();
    const [expected, found] = [await statesOf(google), await statesOf(mirrored)];
    return {
      changes: made,
      byUs,
      refused,
      seconds,
      impossible: [...sightings].flatMap(([key, seen]) => {
        const id = key.split(' ')[1] ?? '';
        return impossibleSightings(id, initial.get(id), steps.get(id) ?? [], seen);
      }),
      reads,
      differences: differencesOf(expected, found),
      feedFaults: feedFaults(steps, events),
      events: events.length,
      readerFaults,
      disconnects: readers.reduce((sum, { connections }) => sum + connections() - 1, 0),
    };
  } finally {
    feed.close();
    mirrored.close();
    await live.close();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      changes: { type: 'string', default: '10000' },
      lanes: { type: 'string', default: '4' },
      disconnects: { type: 'string', default: '200' },
      minutes: { type: 'string', default: '60' },
    },
  });
  const load = {
    changes: Number(values.changes),
    lanes: Number(values.lanes),
    disconnects: Number(values.disconnects),
    mostMinutes: Number(values.minutes),
  };
  process.stdout.write(`${JSON.stringify(await loadEvents(load), undefined, 2)}\n`);
}
