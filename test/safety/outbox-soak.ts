// Sends under random faults of the network and of Google, and random kills, over two processes of one home:
// `node test/safety/outbox-soak.ts [--sends 5000] [--kill-seconds 4] [--seed 1] [--postgres]`. Prints how it goes on, and at the
// end what became of every send. Exit code 1 when one was sent twice or told wrongly. The test run has a short form.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import type { FaultRule } from '../../src/emulator/control/faults.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { startPostgres } from '../support/postgres.ts';
import { runCleaned } from '../support/run-cleaned.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { addressFile, auditFaults, countSent, openTestOutbox } from './outbox-parts.ts';
import { startSendingChild, type SendingChild } from './outbox-processes.ts';

export interface SoakOptions {
  readonly sends: number;
  /** Pause between two kills, on average. */
  readonly killMs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Makes the home of the processes, which says where its stores are. */
  readonly newHome: (context: Cleaning) => string;
}

type Cleaning = Pick<TestContext, 'after'>;

/** What became of the sends. */
export interface SoakResult {
  readonly seconds: number;
  readonly kills: number;
  /** Requests that a fault hit. */
  readonly faults: number;
  /** Answers to the first question. */
  readonly first: Readonly<Record<string, number>>;
  /** How the entries of sends that were open or failed at the end of the storm stood once they were settled. */
  readonly settled: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly sentTwice: number;
  /** Entries that say another thing than SENT. */
  readonly untrue: readonly string[];
  readonly auditFaults: readonly string[];
}

const processes = 2;
const asksAtOnce = 10;
/** What a hold lasts, and a little more. */
const holdPassMs = 21_000;

const spoiled = ['getProfile', 'drafts.create', 'drafts.get', 'drafts.send', 'messages.get', 'history.list'];

function faultRules(seed: number): readonly FaultRule[] {
  return spoiled.flatMap((method, index): FaultRule[] => {
    const match = `gmail.users.${method}`;
    const often = method === 'drafts.send' ? 0.015 : 0.004;
    const rule = (kind: number, probability: number) => ({ match, probability, seed: seed * 1000 + index * 20 + kind });
    return [
      { ...rule(1, often), kind: 'drop', afterCommit: false },
      { ...rule(2, often), kind: 'drop', afterCommit: true },
      { ...rule(3, often), kind: 'truncate' },
      { ...rule(4, often), kind: 'empty' },
      { ...rule(5, often), kind: 'status', status: 500, afterCommit: false },
      { ...rule(6, often), kind: 'status', status: 503, afterCommit: true },
      { ...rule(7, often / 4), kind: 'status', status: 400, reason: 'invalidArgument', message: 'Not now.' },
      { ...rule(8, often / 40), kind: 'status', status: 403, reason: 'rateLimitExceeded' },
      { ...rule(9, often), kind: 'delay', milliseconds: 400 },
    ];
  });
}

function count(list: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of list) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Runs the storm and what comes after it. */
export async function soakOutbox(context: Cleaning, options: SoakOptions): Promise<SoakResult> {
  const { sends, killMs, seed, say } = options;
  const startedMs = performance.now();
  const seconds = () => (performance.now() - startedMs) / 1000;
  const emulator = await startTestEmulator(context, {
    settings: { unitsPerMinute: 10_000_000, concurrentCalls: 1000, concurrentBatchParts: 1000 },
  });
  for (const rule of faultRules(seed)) emulator.faults.add(rule);
  const home = options.newHome(context);
  const google = { rootUrl: emulator.rootUrl, accessToken: emulator.account.accessToken };
  const own = openTestOutbox(context, home);
  own.setPolicy({ limits: { perHour: 1_000_000, perDay: 1_000_000 } });
  let passedMs = 0;

  const start = async (): Promise<SendingChild> => {
    const child = await startSendingChild(context, { home, emulator: google, works: true });
    await child.ask({ kind: 'pass', durationMs: passedMs });
    return child;
  };
  const children: Promise<SendingChild>[] = Array.from({ length: processes }, start);
  /** Moves every clock: what a dead process held becomes free. */
  const pass = async (durationMs: number): Promise<void> => {
    passedMs += durationMs;
    own.pass(durationMs);
    await Promise.all(children.map(async (child) => (await child).ask({ kind: 'pass', durationMs })));
  };

  const first = new Map<string, string>();
  const last = new Map<string, string>();
  let next = 0;
  let isOver = false;
  let kills = 0;

  /** Answers of each process since it was started. */
  const answered = children.map(() => 0);
  const ask = async (subject: string, index: number): Promise<string> => {
    const place = index % processes;
    const child = await children[place];
    const answer = child === undefined ? 'killed' : await child.ask({ kind: 'send', subject, key: subject });
    if (answer !== 'killed') answered[place] = (answered[place] ?? 0) + 1;
    return answer;
  };
  const sendOne = async (index: number): Promise<void> => {
    const subject = `soak ${index}`;
    // Every tenth is asked of both at the same moment.
    const asked = index % 10 === 0 ? [ask(subject, index), ask(subject, index + 1)] : [ask(subject, index)];
    const answers = await Promise.all(asked);
    first.set(subject, answers.find((answer) => answer === 'sent') ?? answers[0] ?? 'killed');
    for (const answer of answers) if (answer === 'sent') last.set(subject, answer);
  };
  const workers = Array.from({ length: processes * asksAtOnce }, async () => {
    while (next < sends) {
      next += 1;
      await sendOne(next);
    }
  });
  const killer = async (): Promise<void> => {
    while (!isOver) {
      await delay(killMs * (0.5 + Math.random()), undefined, { ref: false });
      const place = kills % processes;
      // On a slow machine a process would else be killed before it has done anything, again and again.
      while (!isOver && answered[place] === 0) await delay(20);
      if (isOver) return;
      answered[place] = 0;
      const victim = await children[place];
      kills += 1;
      children[place] = (victim?.kill() ?? Promise.resolve()).then(start);
      await children[place];
      await pass(holdPassMs);
    }
  };
  const killing = killer();
  const reporter = setInterval(() => {
    const left = (seconds() / Math.max(1, first.size)) * (sends - first.size);
    const rate = first.size / seconds();
    say(`${first.size} of ${sends}, ${rate.toFixed(1)}/s, ${left.toFixed(0)} s left, ${kills} kills`);
  }, 5000);
  await Promise.all(workers);
  isOver = true;
  await killing;
  say(`storm over after ${seconds().toFixed(0)} s`);

  // The callers ask again, while faults go on.
  const again = [...first.keys()].filter((subject) => first.get(subject) !== 'sent');
  await pass(holdPassMs);
  let asked = 0;
  const askAgain = async (): Promise<void> => {
    for (let subject = again[asked]; subject !== undefined; subject = again[asked]) {
      asked += 1;
      last.set(subject, await ask(subject, asked));
    }
  };
  await Promise.all(Array.from({ length: processes * asksAtOnce }, askAgain));
  say(`asked ${asked} again after ${seconds().toFixed(0)} s`);
  const faults = emulator.faults.list().reduce((sum, { hits }) => sum + hits, 0);
  emulator.faults.clear();
  // Whoever was told that nothing was begun asks once more.
  const begun = new Set((await own.store.list({ limit: sends * 2 })).map(({ message: { subject } }) => subject));
  for (const subject of first.keys()) if (!begun.has(subject)) last.set(subject, await ask(subject, 0));
  const openAtEnd = new Set(
    (await own.store.list({ limit: sends * 2 })).filter(({ state }) => state !== 'sent').map(({ id }) => id),
  );
  await pass(61_000);
  const deadlineMs = performance.now() + 60_000;
  while ((await own.store.listToDo()).length > 0 && performance.now() < deadlineMs) {
    await pass(60_000);
    await delay(500);
  }
  clearInterval(reporter);

  const sent = await countSent(emulator.mailbox());
  const entries = await own.store.list({ limit: sends * 2 });
  const untrue = entries.flatMap(({ id, state, message: { subject } }) => {
    const times = sent.get(subject) ?? 0;
    const isTrue = state === 'sent' ? times === 1 : state === 'failed' && times === 0;
    return isTrue ? [] : [`${id} ${subject}: ${state}, ${times} in SENT`];
  });
  for (const [subject, answer] of last) {
    if (answer === 'sent' && sent.get(subject) !== 1)
      untrue.push(`${subject}: told sent, ${sent.get(subject) ?? 0} in SENT`);
  }
  return {
    seconds: seconds(),
    kills,
    faults,
    first: count(first.values()),
    settled: count(entries.filter(({ id }) => openAtEnd.has(id)).map(({ state }) => state)),
    sent: [...sent.values()].filter((times) => times === 1).length,
    sentTwice: [...sent.values()].filter((times) => times > 1).length,
    untrue,
    auditFaults: await auditFaults(own.audit),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sends: { type: 'string' },
      'kill-seconds': { type: 'string' },
      seed: { type: 'string' },
      postgres: { type: 'boolean', default: false },
    },
  });
  await runCleaned(async (context) => {
    const postgres = values.postgres ? await startPostgres(context, { isDurable: true }) : undefined;
    const result = await soakOutbox(context, {
      sends: Number(values.sends ?? 5000),
      killMs: Number(values['kill-seconds'] ?? 4) * 1000,
      seed: Number(values.seed ?? 1),
      say: (line) => console.log(line),
      newHome(cleaning) {
        const home = temporaryFolder(cleaning);
        if (postgres !== undefined) writeFileSync(addressFile(home), postgres.create('soak'));
        return home;
      },
    });
    console.log(JSON.stringify(result, undefined, 2));
    if (result.sentTwice > 0 || result.untrue.length > 0 || result.auditFaults.length > 0) process.exitCode = 1;
  });
}

if (import.meta.main) await main();
