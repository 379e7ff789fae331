import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { mirrorFolder } from '../../src/accounts/mirror/mirror-folder.ts';
import type { FaultRule } from '../../src/emulator/control/faults.ts';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { FeedEvent } from '../../src/store/feed/event.ts';
import { openSqliteFeed } from '../../src/store/sqlite/feed/open-feed.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { startEmulatorApart } from './emulator-apart.ts';
import { account, startServersOn } from './live-servers.ts';
import { differencesOf, statesOf } from './mailbox-states.ts';

/** What a load of a mirror is made of. */
export interface MirrorLoad {
  readonly messages: number;
  /** Changes from both sides while it is filled and after. */
  readonly changes: number;
  /** Servers that are killed without a warning, one after the other. */
  readonly kills: number;
  readonly unitsPerMinute: number;
  /** 5 % of requests fail in one way or another. */
  readonly hasFaults: boolean;
}

/** What came of it. */
export interface MirrorLoadReport {
  readonly messages: number;
  /** Where the mirror and the account differ in the end. */
  readonly differences: readonly string[];
  /** States that a reader saw and that never were. */
  readonly impossible: readonly string[];
  readonly reads: number;
  /** Events that are missing, come twice or in the wrong order. */
  readonly feedFaults: readonly string[];
  readonly events: number;
  /** How often whole messages came beyond once each; without the one that the reader asks for all the time. */
  readonly fetchedAgain: number;
  readonly filledSeconds: number;
  readonly unitsTotal: number;
}

/** Labels that a message gets one after the other and keeps: whoever sees one has to see those before. */
const stepCount = 20;
/** A server is ready in a second; more for a busy machine. */
const startPatienceMs = 60_000;

const faultRules: readonly FaultRule[] = [
  ...(
    [
      { kind: 'status', status: 403, reason: 'rateLimitExceeded' },
      { kind: 'status', status: 500, reason: 'backendError' },
      { kind: 'drop', afterCommit: false },
      { kind: 'drop', afterCommit: true },
      { kind: 'delay', milliseconds: 300 },
    ] as const
  ).map((rule) => ({ ...rule, match: 'gmail.*', probability: 0.01 })),
  { kind: 'drop', afterCommit: false, match: 'batch', probability: 0.05 },
];

/** Puts messages into an empty account, a second after each other, and returns their ids, the oldest first. */
async function fillAccount(mailbox: LocalMailbox, messages: number): Promise<string[]> {
  const ids: string[] = [];
  const startMs = Date.now() - messages * 1000;
  while (ids.length < messages) {
    const numbers = Array.from({ length: Math.min(500, messages - ids.length) }, (_, index) => ids.length + index + 1);
    const batch = numbers.map(async (number) => {
      const raw = buildMail({ subject: `number ${number}`, messageId: `${number}@x`, text: `word${number}` });
      const labels = ['INBOX', 'UNREAD'];
      return { raw, parsed: await parseMime(raw), internalDateMs: startMs + number * 1000, labels };
    });
    ids.push(...(await mailbox.addMessages(await Promise.all(batch))).map(({ id }) => id));
  }
  await mailbox.finishImport();
  return ids;
}

/** What is wrong with the events of a message that got its labels one after the other. */
function feedFaultsOf(
  events: readonly FeedEvent[],
  stepLabelIds: readonly string[],
  steppedId: string,
): readonly string[] {
  const steps = events.flatMap(({ ids: { messageId, addedLabelIds = [] } }) =>
    messageId === steppedId ? addedLabelIds.filter((id) => stepLabelIds.includes(id)) : [],
  );
  const added = events.flatMap(({ kind, ids }) => (kind === 'messageAdded' ? [ids.messageId ?? ''] : []));
  const lost = events.filter(({ kind }) => kind === 'historyLost');
  return [
    ...(JSON.stringify(steps) === JSON.stringify(stepLabelIds.slice(stepCount - steps.length))
      ? []
      : [`steps ${steps.join()}`]),
    ...(steps.length === stepCount ? [] : [`${steps.length} of ${stepCount} steps`]),
    ...(new Set(added).size === added.length ? [] : ['a message was added twice']),
    ...lost.map(({ sequence }) => `history lost at ${sequence}`),
  ];
}

/** Two servers, killed again and again, mirror an account that both sides change. */
export async function loadMirror(load: MirrorLoad): Promise<MirrorLoadReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-mirror-'));
  const google = openLocalMailbox({ store: openMailStore(folder), emailAddress: account });
  const ids = await fillAccount(google, load.messages);
  const stepLabelIds: string[] = [];
  for (let step = 1; step <= stepCount; step += 1) {
    stepLabelIds.push((await google.createLabel({ name: `step ${String(step).padStart(2, '0')}` })).id);
  }
  const emulator = await startEmulatorApart({
    emailAddress: account,
    folder,
    settings: { unitsPerMinute: load.unitsPerMinute },
    faults: load.hasFaults ? faultRules : [],
  });
  const { dataFolder, token, servers, ...live } = await startServersOn(emulator, {
    servers: ['gmail-mcp-server', 'gmail-api-server'],
    isMirrored: true,
    unitsPerMinute: load.unitsPerMinute,
  });
  const startedMs = performance.now();
  try {
    const steppedId = ids.at(-1) ?? '';
    const apiUrl = servers.find(({ name }) => name === 'gmail-api-server')?.url ?? '';

    const over = new AbortController();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const ask = (path: string, body?: object) =>
      fetch(`${apiUrl}/api/${path}`, {
        headers,
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      }).catch(() => undefined);

    /** Kills one server after the other and the emulator, at moments that nobody chose, and starts it again. */
    async function kill(): Promise<void> {
      for (let count = 0; count < load.kills; count += 1) {
        await delay(500 + Math.random() * 2500);
        const server = servers[count % (servers.length + 1)];
        await (server === undefined ? emulator.kill() : live.kill(server));
      }
    }

    /** Changes of the other side, past the API, and ours, over REST, which may be refused. */
    async function change(): Promise<void> {
      for (let count = 0; count < load.changes; count += 1) {
        const id = ids[Math.floor(Math.random() * (ids.length - 1))] ?? '';
        const stepLabelId = stepLabelIds[Math.floor((count * stepCount) / load.changes)];
        if (stepLabelId !== undefined && count % Math.ceil(load.changes / stepCount) === 0) {
          await google.modifyMessages({ ids: [steppedId], addLabelIds: [stepLabelId], removeLabelIds: [] });
        }
        const [addLabelIds, removeLabelIds] = Math.random() < 0.5 ? [['STARRED'], []] : [[], ['STARRED', 'UNREAD']];
        switch (count % 4) {
          case 0:
          case 1:
            await google.modifyMessages({ ids: [id], addLabelIds, removeLabelIds }).catch(() => {});
            break;
          case 2:
            await (await ask('messages/modify', { ids: [id], addLabelIds, removeLabelIds }))?.body?.cancel();
            break;
          default:
            if (count % 8 === 3) await google.deleteMessages([id]).catch(() => {});
            else {
              const raw = buildMail({ subject: `late ${count}`, messageId: `late-${count}@x` });
              ids.unshift((await google.receiveMessage({ raw })).id);
            }
        }
        // As long as the killing takes.
        await delay((load.kills * 2000) / load.changes);
      }
    }

    let reads = 0;
    const impossible: string[] = [];
    /** Reads the message whose labels only ever become more. */
    async function read(): Promise<void> {
      let seen = 0;
      while (!over.signal.aborted) {
        const response = await ask(`messages/${steppedId}?body=none`);
        const body: unknown = response?.ok === true ? await response.json() : undefined;
        if (response?.ok !== true) await response?.body?.cancel();
        const labelIds: readonly string[] = Object(body).labelIds ?? [];
        if (body !== undefined) {
          reads += 1;
          const steps = stepLabelIds.map((id) => labelIds.includes(id));
          const count = steps.lastIndexOf(true) + 1;
          if (steps.slice(0, count).includes(false)) impossible.push(`a gap: ${steps.map(Number).join('')}`);
          if (count < seen) impossible.push(`back from ${seen} to ${count}`);
          seen = Math.max(seen, count);
        }
        await delay(50);
      }
    }

    // Until a feed is begun, nothing is an event.
    for (;;) {
      const response = await ask('events?wait=0');
      await response?.body?.cancel();
      if (response?.ok === true) break;
      if (performance.now() - startedMs > startPatienceMs) throw new Error('the servers did not start');
      await delay(100);
    }
    const feed = openSqliteFeed(join(dataFolder, 'events.db'), Date.now);
    while ((await feed.followedTo(account)) === undefined) await delay(100);
    const readers = read();
    await Promise.all([kill(), change()]);
    await emulator.clearFaults();
    const { mirrored, filledMs } = await untilEqual(dataFolder, google, fillPatienceMs(load));
    over.abort();
    await readers;
    const { rawByMessage, unitsTotal } = await emulator.totals();
    const [expected, found] = [await statesOf(google), await statesOf(mirrored)];
    mirrored.close();
    const events: FeedEvent[] = [];
    for (let after = 0, hasMore = true; hasMore;) {
      const page = await feed.read({ after, limit: 1000 });
      events.push(...page.events);
      ({ after, hasMore } = page);
    }
    feed.close();
    return {
      messages: expected.size,
      differences: differencesOf(expected, found),
      impossible,
      reads,
      feedFaults: feedFaultsOf(events, stepLabelIds, steppedId),
      events: events.length,
      fetchedAgain: Object.entries(rawByMessage).reduce(
        (sum, [id, count]) => (id === steppedId ? sum : sum + count - 1),
        0,
      ),
      filledSeconds: Math.round((filledMs - startedMs) / 1000),
      unitsTotal,
    };
  } finally {
    await live.close();
    await emulator.close();
    google.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Filling takes half of the quota at most, at 20 units a message; three times as long where much is killed and fails. */
function fillPatienceMs({ messages, unitsPerMinute }: MirrorLoad): number {
  return 300_000 + (3 * messages * 20 * 60_000) / (unitsPerMinute / 2);
}

/** Waits until the mirror is whole and has come to where the account is. */
async function untilEqual(
  data: string,
  google: Mailbox,
  patienceMs: number,
): Promise<{ readonly mirrored: LocalMailbox; readonly filledMs: number }> {
  const store = openMailStore(mirrorFolder(data, account));
  const mirrored = openLocalMailbox({ store, emailAddress: account });
  const { historyId } = await google.getProfile();
  let filledMs = 0;
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(250)) {
    const state = Object(JSON.parse((await mirrored.getMark('mirror')) ?? '{}'));
    if (state.phase === 'complete' && filledMs === 0) filledMs = performance.now();
    if (state.phase === 'complete' && state.historyId === historyId) return { mirrored, filledMs };
  }
  throw new Error(`the mirror did not come to ${historyId}: ${await mirrored.getMark('mirror')}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '2000' },
      changes: { type: 'string', default: '1000' },
      kills: { type: 'string', default: '50' },
      units: { type: 'string', default: '6000' },
    },
  });
  const load = {
    messages: Number(values.messages),
    changes: Number(values.changes),
    kills: Number(values.kills),
    unitsPerMinute: Number(values.units),
    hasFaults: true,
  };
  console.log(JSON.stringify(await loadMirror(load), undefined, 2));
}
