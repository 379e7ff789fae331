// npm run soak:kills [-- --rounds 200] [--seed 1] [--minutes N] [--only network,sleeper]: servers of two hosts on one PostgreSQL
// import, send and change labels, and in each round something is killed with `kill -9` (a server, an import, a process of
// PostgreSQL, PostgreSQL itself), or a host is cut off from the database, the database takes no changes for a while, or a
// server sleeps longer than its leases last. Then everything has to be whole: nothing that was acknowledged is lost, nothing
// was sent twice. The tests have a short form.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TestContext } from 'node:test';
import { done, runCommand } from '../cli/command-harness.ts';
import { numbersFrom } from '../fuzz/mutate.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { call, hosts, mbox, startServer, type Environment, type Json, type Server } from '../support/hosts.ts';
import { endOf } from '../support/end-of.ts';
import { bin } from '../support/installation.ts';
import { cuttableWay } from '../support/cuttable-postgres.ts';
import { startPostgres } from '../support/postgres.ts';
import { runCleaned } from '../support/run-cleaned.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { befall, victims } from './round-victims.ts';

type Cleaning = Pick<TestContext, 'after'>;

interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** What befalls, in turn. Default: everything. */
  readonly only?: readonly (typeof victims)[number][];
  /** No round is begun after it. */
  readonly endMs?: number;
  /** Whether the end waits until all sends are settled, which may take minutes. */
  readonly settles: boolean;
  readonly say: (line: string) => void;
}

/** What was done in all rounds, and seen to hold. */
interface RoundsResult {
  readonly rounds: number;
  readonly sends: number;
  readonly labelChanges: number;
  readonly imported: number;
  /** Calls whose answer was lost or that were refused, and made again. */
  readonly repeated: number;
  /** The longest that something took to be done after the last round, in seconds. */
  readonly longestWait: number;
}

const me = 'me@example.org';
const bob = 'bob@example.org';
const archive = 'archive@example.org';
const ownMessages = 30;
const importedPerRound = 100;
/** An outcome that is not known is settled after a minute, by whoever asks when nobody holds the send any more (20 s). */
const longestWaitMs = 240_000;

/** Runs rounds of kills and asserts after each that all is whole. */
export async function killRounds(context: Cleaning, options: RoundsOptions): Promise<RoundsResult> {
  const { rounds, seed, only = victims, endMs = Infinity, settles, say } = options;
  const random = numbersFrom(seed);
  const postgres = await startPostgres(context, { isDurable: true });
  const address = postgres.create('mail');
  postgres.create('admin');
  const way = await cuttableWay(context, address);
  const [environment = {}, second] = await hosts(context, address, 2);
  const environments = [environment, { ...second, GMAIL_STORE: way.address }];
  const folder = temporaryFolder(context);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  for (const account of [me, bob])
    await done(['import', '--account', account, file('mbox', mbox(ownMessages))], environment);
  // All rounds send more than a mailbox does in an hour.
  const policy = file('policy.json', JSON.stringify({ limits: { perHour: 100_000, perDay: 100_000 } }));
  await done(['policy', 'set', policy], environment);
  const token = (await done(['token'], environment)).trim();
  const servers: Server[] = await Promise.all(
    environments.map((host) => startServer(context, 'gmail-api-server', host)),
  );
  const anyServer = (): Server => servers[random() < 0.5 ? 0 : 1] ?? assert.fail();
  /** The status of an answer; 0 where there was none. */
  const ask: Ask = async (server, method, path, body) => {
    try {
      return await call(server, token, method, path, body);
    } catch {
      return { status: 0, json: {} };
    }
  };
  const ids = await idsOf(ask, anyServer(), me, 'quaternion');
  assert.equal(ids.length, ownMessages);

  const starred = new Map(ids.map((id) => [id, false]));
  let [labelChanges, repeated, round, longestWait] = [0, 0, 0, 0];
  /** Sends that are not acknowledged, by their key, each with its last answer. */
  const open = new Map<string, string>();
  const asked = new Set<string>();

  const send = async (key: string): Promise<void> => {
    open.set(key, '');
    asked.add(key);
    const mail = { account: me, to: [bob], subject: `Sent ${key}`, body: 'Once.', idempotencyKey: key };
    const answer = await ask(anyServer(), 'POST', '/messages/send', mail);
    if (answer.status === 200) open.delete(key);
    else {
      open.set(key, JSON.stringify(answer));
      repeated += 1;
    }
  };
  const label = async (id: string, isOn: boolean): Promise<boolean> => {
    const change = isOn ? { addLabelIds: ['STARRED'] } : { removeLabelIds: ['STARRED'] };
    const body = { ids: [id], ...change, account: me };
    return (await ask(anyServer(), 'POST', '/messages/modify', body)).status === 200;
  };
  /** Tries until it is true. */
  const until = async (what: string, work: () => Promise<boolean>): Promise<void> => {
    const startedMs = performance.now();
    const lastMs = startedMs + longestWaitMs;
    while (!(await work())) {
      repeated += 1;
      assert.ok(
        performance.now() < lastMs,
        `${what} was not done in ${longestWaitMs} ms: ${JSON.stringify([...open])}`,
      );
      await delay(100);
    }
    longestWait = Math.max(longestWait, Math.round((performance.now() - startedMs) / 1000));
  };

  for (; round < rounds && Date.now() < endMs; round += 1) {
    const startedMs = performance.now();
    const victim = only[round % only.length] ?? 'server';
    let isOver = false;
    const wanted = new Map<string, boolean>();
    const mail = file(
      `${round}.mbox`,
      mbox(importedPerRound).replaceAll('@example.org>\nDate', `.${round}@example.org>\nDate`),
    );
    const importing = startImport(context, ['--account', archive, mail], environment);
    const sending = async (lane: number): Promise<void> => {
      for (let count = 0; !isOver; count += 1) {
        await send(`${round}-${lane}-${count}`);
      }
    };
    const labelling = async (): Promise<void> => {
      for (let count = 0; !isOver; count += 1) {
        const id = ids[Math.floor(random() * ids.length)] ?? '';
        const isOn = starred.get(id) !== true;
        wanted.set(id, isOn);
        if (!(await label(id, isOn))) return;
        labelChanges += 1;
        starred.set(id, isOn);
        wanted.delete(id);
      }
    };
    const working: readonly Promise<void>[] = [sending(0), sending(1), labelling()];
    await delay(200 + random() * 1200);
    await befall(victim, { context, postgres, address, way, environments, servers, importing, random });
    isOver = true;
    await Promise.all(working);
    await ended(importing);

    for (const [id, isOn] of wanted) {
      await until(`label of ${id}`, () => label(id, isOn));
      starred.set(id, isOn);
    }
    await until(
      'the import',
      async () => (await runCommand(['import', '--account', archive, mail], environment)).code === 0,
    );
    // A send that a killed process held waits for a later round.
    for (const key of open.keys()) await send(key);
    const refused = [...open.values()].filter((answer) => answer.startsWith('{"status":4'));
    assert.deepEqual(refused, [], `round ${round}: a send is refused after the ${victim}`);
    const found = await idsOf(ask, anyServer(), me, 'is:starred');
    const acknowledged = ids.filter((id) => starred.get(id) === true);
    assert.deepEqual(new Set(found), new Set(acknowledged), `round ${round}: labels after the ${victim}`);
    await done(['check', '--quick'], environment);
    const { json } = await ask(anyServer(), 'GET', `/profile?account=${archive}`);
    assert.equal(json.messagesTotal, (round + 1) * importedPerRound, `round ${round}: imported messages`);
    say(
      `round ${round + 1} (${victim}), ${((performance.now() - startedMs) / 1000).toFixed(0)} s: ${asked.size} sends, ${open.size} open, ${labelChanges} changes of labels, ${repeated} repeated`,
    );
  }

  for (const key of settles ? open.keys() : []) {
    await until(`the send ${key}`, async () => {
      await send(key);
      return !open.has(key);
    });
  }
  const subjects = await subjectsOf(ask, anyServer(), bob);
  const sent = subjects.filter((subject) => subject.startsWith('Sent '));
  assert.equal(new Set(sent).size, sent.length, 'nothing was sent twice');
  const isSent = (key: string): boolean => sent.includes(`Sent ${key}`);
  assert.deepEqual(
    [...asked].filter((key) => !open.has(key) && !isSent(key)),
    [],
    'what was acknowledged arrived',
  );
  await done(['check'], environment);
  return { rounds: round, sends: asked.size, labelChanges, imported: round * importedPerRound, repeated, longestWait };
}

function startImport(context: Cleaning, words: readonly string[], environment: Environment): ChildProcess {
  const child = spawn(process.execPath, [join(bin, 'gmail-llm.js'), 'import', ...words], {
    env: { ...childEnvironment, ...environment },
    stdio: 'ignore',
  });
  context.after(() => endOf(child, 'SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

type Ask = (server: Server, method: string, path: string, body?: unknown) => ReturnType<typeof call>;

async function pagesOf(ask: Ask, server: Server, account: string, q: string): Promise<readonly Json[]> {
  const found: Json[] = [];
  for (let token = ''; ;) {
    const page = token === '' ? '' : `&pageToken=${token}`;
    const path = `/messages?q=${encodeURIComponent(q)}&maxResults=100&account=${account}${page}`;
    const { status, json } = await ask(server, 'GET', path);
    assert.equal(status, 200, JSON.stringify(json));
    found.push(...(json.messages as readonly Json[]));
    if (typeof json.nextPageToken !== 'string') return found;
    token = json.nextPageToken;
  }
}

const idsOf = async (ask: Ask, server: Server, account: string, q: string): Promise<readonly string[]> =>
  (await pagesOf(ask, server, account, q)).map(({ id }) => String(id));

const subjectsOf = async (ask: Ask, server: Server, account: string): Promise<readonly string[]> =>
  (await pagesOf(ask, server, account, '')).map(({ subject }) => String(subject));

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: { rounds: text('200'), seed: text('1'), minutes: text('1000'), only: text(victims.join()) },
  });
  const named = values.only.split(',');
  await runCleaned(async (context) => {
    const result = await killRounds(context, {
      rounds: Number(values.rounds),
      seed: Number(values.seed),
      settles: true,
      only: victims.filter((victim) => named.includes(victim)),
      endMs: Date.now() + Number(values.minutes) * 60_000,
      say: (line) => console.log(line),
    });
    console.log(JSON.stringify(result));
  });
}

if (import.meta.main) await main();
