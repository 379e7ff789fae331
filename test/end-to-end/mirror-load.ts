import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { FaultRule } from '../../src/emulator/control/faults.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import type { FeedEvent } from '../../src/store/feed/event.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { absences, absentHosts, type Absence } from './absent-hosts.ts';
import { startEmulatorApart } from './emulator-apart.ts';
import { feedFaultsOf, stepCount } from './feed-faults.ts';
import { fillAccount } from './fill-account.ts';
import { watchFetches, type FetchedAgain } from './fetched-again.ts';
import { account, startServersOn, type LiveServer } from './live-servers.ts';
import { differencesOf, statesOf } from './mailbox-states.ts';
import { bytesThatDiffer, isFilled, storedIds, untilEqual } from './mirror-files.ts';
import { hasRealMail } from './real-mail.ts';
import { startPostgres } from '../support/postgres.ts';

/** What a load of a mirror is made of. */
export interface MirrorLoad {
  readonly messages: number;
  /** Changes from both sides while it is filled and after. */
  readonly changes: number;
  /** Processes that are killed without a warning: both servers, whoever fills the mirror, and the emulator, in turn. */
  readonly kills: number;
  readonly unitsPerMinute: number;
  /** 5 % of requests fail in one way or another. */
  readonly hasFaults: boolean;
  /**
   * The servers are those of two hosts with one PostgreSQL, which is killed as well, and whoever fills the mirror is now and then
   * cut off from it or put to sleep until another host goes on.
   */
  readonly isOnPostgres?: boolean;
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
  /** How long after the mirror the feed had everything. */
  readonly feedSeconds: number;
  readonly fetchedAgain: FetchedAgain;
  /** How long it took until another process filled the mirror after the one that did was killed. */
  readonly takeoverMs: readonly number[];
  /** The same after it was cut off or fell asleep. */
  readonly awayMs: Readonly<Record<Absence, readonly number[]>>;
  readonly filledSeconds: number;
  readonly unitsTotal: number;
}

/** The job that fills mirrors. */
const fillingJob = 'gmail-mirror';
/** How long a host is away at most: longer than its lease (8 s), and than an unfinished change of it holds others up (15 s). */
const longestAwayMs = 25_000;
/** A change of ours that was cut off in the middle holds events back for two minutes. */
const feedPatienceMs = 150_000;
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

/** Two servers, killed again and again, mirror an account that both sides change. */
export async function loadMirror(load: MirrorLoad): Promise<MirrorLoadReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-mirror-'));
  const google = openLocalMailbox({ store: openMailStore(folder), emailAddress: account });
  const fetches = watchFetches();
  const takeoverMs: number[] = [];
  const awayMs = { 'cut off': [] as number[], asleep: [] as number[] };
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
  const cleaning: (() => void | Promise<void>)[] = [];
  const postgres =
    load.isOnPostgres === true
      ? await startPostgres({ after: (clean) => cleaning.push(clean) }, { isDurable: true })
      : undefined;
  const names = ['gmail-mcp-server', 'gmail-api-server'] as const;
  const address = postgres?.create('mail');
  const absent =
    address === undefined
      ? undefined
      : await absentHosts(
          { after: (clean) => cleaning.push(clean) },
          { address, count: names.length, running: () => ({ servers, signal: live.signal }) },
        );
  const { stores, token, servers, ...live } = await startServersOn(emulator, {
    servers: names,
    isMirrored: true,
    unitsPerMinute: load.unitsPerMinute,
    ...(address === undefined ? {} : { postgres: { address, hosts: absent?.hosts ?? [] } }),
  });
  const { mirrors } = stores;
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

    /** Kills a server; of the one that fills the mirror it is timed until another process goes on. */
    async function killServer(server: LiveServer, isHolder: boolean): Promise<void> {
      const killedMs = performance.now();
      await live.stop(server);
      fetches.noteKill((await emulator.totals()).rawByMessage, await storedIds(mirrors));
      const started = live.kill(server);
      while (isHolder && (await live.holderOf(fillingJob)) === undefined && !(await isFilled(mirrors))) await delay(20);
      if (isHolder && !(await isFilled(mirrors))) takeoverMs.push(Math.round(performance.now() - killedMs));
      await started;
    }

    /** Cuts a server off, or puts it to sleep, until another one fills the mirror. */
    async function takeAway(server: LiveServer, how: Absence): Promise<void> {
      absent?.leave(server, how);
      const sinceMs = performance.now();
      fetches.noteKill((await emulator.totals()).rawByMessage, await storedIds(mirrors));
      while (performance.now() - sinceMs < longestAwayMs && !(await isFilled(mirrors))) {
        const holder = await live.holderOf(fillingJob).catch(() => undefined);
        if (holder !== undefined && holder !== server) {
          awayMs[how].push(Math.round(performance.now() - sinceMs));
          break;
        }
        await delay(50);
      }
      absent?.comeBack(server, how);
    }

    /** Kills one after the other, at moments that nobody chose, and starts it again. */
    async function kill(): Promise<void> {
      for (let count = 0; count < load.kills; count += 1) {
        await delay(killEveryMs(load) * (0.3 + 1.4 * Math.random()));
        const holder = await live.holderOf(fillingJob).catch(() => undefined);
        const targets = [
          ...servers,
          holder ?? servers[0],
          emulator,
          ...(postgres === undefined ? [] : [postgres, ...absences]),
        ];
        const target = targets[count % targets.length];
        if (target === undefined) continue;
        if (typeof target === 'string')
          await takeAway(holder ?? servers[count % servers.length] ?? assert.fail(), target);
        else if ('kill' in target) await target.kill();
        else await killServer(target, target === holder);
      }
    }

    /** Changes of the other side, past the API, and ours, over REST, which may be refused. */
    async function change(): Promise<void> {
      for (let count = 0; count < load.changes; count += 1) {
        const id = ids[Math.floor(Math.random() * (ids.length - 1))] ?? '';
        // Each of the steps once, in their order, however many changes there are.
        const [step, next] = [count, count + 1].map((done) => Math.floor((done * stepCount) / load.changes));
        for (const stepLabelId of stepLabelIds.slice(step, next)) {
          await google.modifyMessages({ ids: [steppedId], addLabelIds: [stepLabelId], removeLabelIds: [] });
        }
        const [addLabelIds, removeLabelIds] = Math.random() < 0.5 ? [['STARRED'], []] : [[], ['STARRED', 'UNREAD']];
        switch (count % 4) {
          case 0:
          case 1:
            fetches.noteChange(id);
            await google.modifyMessages({ ids: [id], addLabelIds, removeLabelIds }).catch(() => {});
            break;
          case 2:
            fetches.noteChange(id);
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
        await delay((load.kills * killEveryMs(load)) / load.changes);
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
    const feed = stores.feed.feed();
    while ((await feed.followedTo(account)) === undefined) await delay(100);
    const readers = read();
    await Promise.all([kill(), change()]);
    await emulator.clearFaults();
    const { mirrored, filledMs } = await untilEqual(mirrors, google, fillPatienceMs(load));
    const equalMs = performance.now();
    const { historyId } = await google.getProfile();
    while ((await feed.followedTo(account)) !== historyId && performance.now() - equalMs < feedPatienceMs)
      await delay(250);
    const feedSeconds = Math.round((performance.now() - equalMs) / 1000);
    over.abort();
    await readers;
    const { rawByMessage, unitsTotal } = await emulator.totals();
    const [expected, found] = [await statesOf(google), await statesOf(mirrored)];
    const inBoth = [...expected.keys()].filter((id) => found.has(id));
    const bytes = await bytesThatDiffer(google, mirrored, inBoth);
    mirrored.close();
    const events: FeedEvent[] = [];
    for (let after = 0, hasMore = true; hasMore;) {
      const page = await feed.read({ after, limit: 1000 });
      events.push(...page.events);
      ({ after, hasMore } = page);
    }
    return {
      messages: expected.size,
      differences: [...differencesOf(expected, found), ...bytes],
      impossible,
      reads,
      feedFaults: feedFaultsOf(events, stepLabelIds, steppedId),
      events: events.length,
      feedSeconds,
      fetchedAgain: fetches.report(rawByMessage, steppedId),
      takeoverMs,
      awayMs,
      filledSeconds: Math.round((filledMs - startedMs) / 1000),
      unitsTotal,
    };
  } finally {
    for (const server of servers) for (const how of absences) absent?.comeBack(server, how);
    await live.close();
    for (const clean of cleaning) await clean();
    await emulator.close();
    google.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills are spread over most of the time that filling takes at half of the quota, and nowhere closer than seconds. */
function killEveryMs({ messages, unitsPerMinute, kills }: MirrorLoad): number {
  return Math.max(1750, (0.7 * fillMs({ messages, unitsPerMinute })) / kills);
}

/** How long filling takes at the least, with 20 units a message and half of the quota. */
function fillMs({ messages, unitsPerMinute }: Pick<MirrorLoad, 'messages' | 'unitsPerMinute'>): number {
  return (messages * 20 * 60_000) / (unitsPerMinute / 2);
}

/** Filling takes half of the quota at most, at 20 units a message; three times as long where much is killed and fails. */
function fillPatienceMs(load: MirrorLoad): number {
  return 300_000 + 3 * fillMs(load);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '2000' },
      changes: { type: 'string', default: '1000' },
      kills: { type: 'string', default: '50' },
      units: { type: 'string', default: '6000' },
      postgres: { type: 'boolean', default: false },
    },
  });
  const load = {
    messages: Number(values.messages),
    changes: Number(values.changes),
    kills: Number(values.kills),
    unitsPerMinute: Number(values.units),
    hasFaults: true,
    isOnPostgres: values.postgres,
  };
  console.log(hasRealMail ? 'real mail' : 'made mail: there is none in ../shared/mail');
  console.log(JSON.stringify(await loadMirror(load), undefined, 2));
}
