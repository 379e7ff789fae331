/**
 * npm run bench:scale [-- --messages 5000] [--calls 3000] [--accounts 1000]: one API process on SQLite, then one, two and four on one
 * PostgreSQL: reads and writes a second, p99, and processor time a call of the servers and of PostgreSQL; then the latency of
 * calls and the memory of a process with many accounts. Needs a build and the programs of PostgreSQL.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfiguration } from '../src/core/configuration.ts';
import { openLocalMailbox } from '../src/local/open-local-mailbox.ts';
import { parseMime } from '../src/mail/mime/parse-mime.ts';
import { openSafety } from '../src/safety/open-safety.ts';
import { openHomeStores } from '../src/store/home-stores.ts';
import { buildMail } from '../test/build-mail.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { runCleaned } from '../test/support/run-cleaned.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { load, quantile, type Shot } from './load.ts';
import { freePort, processorMs, residentMegabytes, startServer, stop, type Program } from './processes.ts';

const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({ options: { messages: text('5000'), calls: text('3000'), accounts: text('1000') } });
const [messages, calls, accounts] = [Number(values.messages), Number(values.calls), Number(values.accounts)];
const connections = 16;
const owner = 'me@example.org';
const batchSize = 200;
/** Calls that are not counted: what counts is code that the runtime has optimized. */
const warmUpCalls = 200;

const say = (line: string) => process.stdout.write(`${line}\n`);
const environmentOf = (store: string | undefined) => ({
  TZ: 'UTC',
  ...(store === undefined ? {} : { GMAIL_STORE: store }),
});

/** A home with mail in these accounts; returns the owner's token. */
async function fillHome(
  home: string,
  store: string | undefined,
  addresses: readonly string[],
  count: number,
): Promise<string> {
  const dataFolder = join(home, 'data');
  const stores = await openHomeStores(parseConfiguration(environmentOf(store)), dataFolder, Date.now);
  for (const emailAddress of addresses) {
    const mailbox = openLocalMailbox({ store: await stores.mailboxes.open(emailAddress), emailAddress });
    for (let from = 0; from < count; from += batchSize) {
      const batch = Array.from({ length: Math.min(batchSize, count - from) }, async (_, index) => {
        const number = from + index;
        const raw = buildMail({
          subject: `Plan ${number % 97}`,
          text: `quaternion ${number}`,
          messageId: `${number}@x`,
        });
        return { raw, parsed: await parseMime(raw), internalDateMs: 1.7e12 + number * 60_000, labels: ['INBOX'] };
      });
      await mailbox.addMessages(await Promise.all(batch));
    }
    // As an import ends.
    if (count > batchSize) await mailbox.finishImport();
    mailbox.close();
  }
  const token = await openSafety({ folder: home, dataFolder }, Date.now, stores).tokens.owner();
  await stores.close();
  return token;
}

/** Processor time of a process and its children so far, in milliseconds. */
function treeMs(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return [`${pid}`, ...children].reduce((sum, each) => {
    const [onProcessor = ''] = readFileSync(`/proc/${each}/schedstat`, 'utf8').split(' ');
    return sum + Number(onProcessor) / 1e6;
  }, 0);
}

function shots(token: string, id: string): readonly (readonly [string, Shot])[] {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const account = `account=${owner}`;
  const change = (names: object) => JSON.stringify({ ids: [id], account: owner, ...names });
  return [
    ['search', { method: 'GET', path: `/api/messages?q=quaternion+subject:plan&maxResults=10&${account}`, headers }],
    ['read', { method: 'GET', path: `/api/messages/${id}?${account}`, headers }],
    ['label', { method: 'POST', path: '/api/messages/modify', headers, body: change({ addLabelIds: ['STARRED'] }) }],
  ];
}

async function getJson(port: number, token: string, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

function firstId(list: unknown): string {
  const found = /"id":"([0-9a-f]+)"/.exec(JSON.stringify(list))?.[1];
  if (found === undefined) throw new Error('no message was found');
  return found;
}

async function measureCalls(
  name: string,
  home: string,
  store: string | undefined,
  processes: number,
  postgresPid?: number,
) {
  const token = await fillHome(home, store, processes === 1 ? [owner] : [], messages);
  const servers: Program[] = [];
  for (let count = 0; count < processes; count += 1) {
    servers.push(await startServer('gmail-api-server', home, await freePort(), environmentOf(store)));
  }
  const [first] = servers;
  const id = firstId(
    await getJson(first?.port ?? 0, token, `/api/messages?q=quaternion&maxResults=1&account=${owner}`),
  );
  const total = () => servers.reduce((sum, server) => sum + processorMs(server), 0);
  for (const [kind, shot] of shots(token, id)) {
    const each = { connections: connections / processes };
    const drive = (number: number) =>
      Promise.all(servers.map(({ port }) => load(port, shot, { ...each, calls: Math.ceil(number / processes) })));
    await drive(warmUpCalls);
    const [serversMs, databaseMs] = [total(), postgresPid === undefined ? 0 : treeMs(postgresPid)];
    const results = await drive(calls);
    const perSecond = results.reduce((sum, result) => sum + result.perSecond, 0);
    const p99 = Math.max(...results.map(({ p99Ms }) => p99Ms));
    const database = postgresPid === undefined ? 0 : (treeMs(postgresPid) - databaseMs) / calls;
    say(
      `${name.padEnd(16)} ${kind.padEnd(7)} ${perSecond.toFixed(0).padStart(6)}/s  p99 ${p99.toFixed(1).padStart(6)} ms  processor time a call: servers ${((total() - serversMs) / calls).toFixed(2)} ms, PostgreSQL ${database.toFixed(2)} ms`,
    );
  }
  for (const server of servers) await stop(server);
}

async function measureAccounts(name: string, home: string, store: string | undefined) {
  const addresses = Array.from({ length: accounts }, (_, index) => `user${index}@example.org`);
  const token = await fillHome(home, store, addresses, 3);
  const server = await startServer('gmail-api-server', home, await freePort(), environmentOf(store));
  const atStart = residentMegabytes(server);
  const round = async () => {
    const times: number[] = [];
    for (const address of addresses) {
      const startedMs = performance.now();
      await getJson(server.port, token, `/api/messages?q=quaternion&maxResults=10&account=${address}`);
      times.push(performance.now() - startedMs);
    }
    times.sort((a, b) => a - b);
    return `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`;
  };
  const [first, second] = [await round(), await round()];
  const files = readdirSync(`/proc/${server.child.pid}/fd`).length;
  say(
    `${name.padEnd(16)} ${accounts} accounts: first call ${first}; second ${second}; memory ${atStart.toFixed(0)} MB at start, ${residentMegabytes(server).toFixed(0)} MB after; ${files} open files`,
  );
  await stop(server);
}

await runCleaned(async (context) => {
  const folder = () => temporaryFolder(context);
  const postgres = await startPostgres(context, { isDurable: true });
  if (accounts > 0) {
    await measureAccounts('SQLite', folder(), undefined);
    await measureAccounts('PostgreSQL', folder(), postgres.create('accounts'));
  }
  if (messages > 0) {
    await measureCalls('SQLite, 1', folder(), undefined, 1);
    const [home, store] = [folder(), postgres.create('calls')];
    for (const count of [1, 2, 4]) await measureCalls(`PostgreSQL, ${count}`, home, store, count, postgres.pid());
  }
});
