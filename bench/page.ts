/**
 * How long pages of the owner take on a home that is full: `npm run bench:page [-- --home FOLDER] [PATH…]`; without a path it
 * imports `../shared/mail`, about 100,000 messages. A home that is named is kept, and used again where it is there. Wall and processor time of the server for each page, the least, the median and the
 * longest of several; then what the page costs while nobody looks.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createSignInLink } from '../src/safety/sessions/sign-in-links.ts';
import { hashOf, ownerToken } from '../src/safety/tokens/owner-token.ts';
import { quantile } from './load.ts';
import { rareOperation, seedHome } from './page/seed-home.ts';
import { freePort, processorMs, residentMegabytes, root, startServer, stop, type Program } from './processes.ts';

const account = 'me@example.org';
const sizes = { changes: 5000, sends: 5000 };
/** Requests of each page, after one that is not counted. */
const rounds = 12;
/** How far back a person pages. */
const pagesBack = 10;
const idleMs = 10_000;
/** When a page that nobody looks at has given back what it needs no more. */
const settledMs = 15_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** A session of the owner on a running page. */
interface Visit {
  readonly url: string;
  readonly base: string;
  readonly cookie: string;
}

async function enter({ port }: Program, home: string): Promise<Visit> {
  const dataFolder = join(home, 'data');
  const token = { tokenName: 'owner', tokenSha256: hashOf(ownerToken(dataFolder)) };
  const url = `http://127.0.0.1:${port}`;
  const response = await fetch(`${url}/open`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ code: createSignInLink(dataFolder, token, Date.now()) }),
  });
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  return { url, base: (response.headers.get('location') ?? '').replace(/\/$/, ''), cookie };
}

async function get({ url, base, cookie }: Visit, path: string): Promise<string> {
  const response = await fetch(`${url}${base}${path}`, { headers: { cookie } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  return text;
}

/** The address, below the session's, of the first link that fits. */
function linkIn(text: string, { base }: Visit, pattern: RegExp): string {
  const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
  const found = links.find((link) => link.startsWith(base) && pattern.test(link));
  if (found === undefined) throw new Error(`no link ${String(pattern)}`);
  return found.slice(base.length);
}

/** The page that is reached by going on to older entries some times. */
async function pagedBack(visit: Visit, path: string, older: RegExp): Promise<string> {
  let at = path;
  for (let page = 0; page < pagesBack; page++) at = linkIn(await get(visit, at), visit, older);
  return at;
}

async function measure(server: Program, visit: Visit, path: string): Promise<void> {
  let bytes = Buffer.byteLength(await get(visit, path));
  const wall: number[] = [];
  const before = processorMs(server);
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    bytes = Buffer.byteLength(await get(visit, path));
    wall.push(performance.now() - startMs);
  }
  const processor = (processorMs(server) - before) / rounds;
  const sorted = wall.toSorted((a, b) => a - b);
  const figures = [processor, sorted[0] ?? 0, quantile(sorted, 0.5), sorted.at(-1) ?? 0, bytes / 1000];
  say(`${path.slice(0, 60).padEnd(62)}${figures.map((value) => value.toFixed(0).padStart(10)).join('')}`);
}

async function measurePages(home: string): Promise<void> {
  const server = await startServer('gmail-dashboard', home, await freePort());
  try {
    await delay(settledMs);
    say(`resident before anybody looks: ${residentMegabytes(server).toFixed(0)} MB`);
    const visit = await enter(server, home);
    const oldMail = await pagedBack(visit, '/mail', /\/mail\?.*page=/);
    const oldSends = await pagedBack(visit, '/outbox?state=rejected', /before=/);
    const oldChanges = await pagedBack(visit, '/audit', /before=/);
    const send = linkIn(await get(visit, '/outbox'), visit, /\/outbox\/\w+$/);
    const mail = linkIn(await get(visit, '/mail'), visit, /\/mail\/[^/?]+\/\w+$/);
    const outbox = ['/approvals', '/outbox', '/outbox?state=rejected', oldSends, send];
    const mails = ['/mail', oldMail, '/mail?q=package', '/mail?q=from%3Aripley', mail];
    const audit = ['/audit', oldChanges, '/audit?token=agent-1', `/audit?operation=${rareOperation}`, '/audit/4999'];
    const logs = ['/calls', '/logs', '/logs?text=nothing', '/jobs', '/settings', '/tokens', '/sessions'];
    const others = ['/audit/verify', '/accounts', '/policy?to=ann@example.net', '/events'];
    const paths = ['/', ...outbox, ...mails, ...audit, ...others, ...logs];
    const heads = ['processor', 'least', 'median', 'longest', 'kB'];
    say(`${'milliseconds'.padEnd(62)}${heads.map((head) => head.padStart(10)).join('')}`);
    for (const path of paths) await measure(server, visit, path);
    say(`resident at its end: ${residentMegabytes(server).toFixed(0)} MB`);
    // It collects once, when it has been left alone.
    await delay(settledMs);
    const before = processorMs(server);
    await delay(idleMs);
    say(`while nobody looks: ${(processorMs(server) - before).toFixed(1)} ms of processor time in ${idleMs / 1000} s`);
    say(`resident then: ${residentMegabytes(server).toFixed(0)} MB`);
  } finally {
    await stop(server);
  }
}

async function fill(home: string, given: readonly string[]): Promise<void> {
  const shared = resolve(root, '../shared/mail');
  const paths = given.length > 0 ? given : ['lists', 'spamassassin'].map((name) => join(shared, name));
  const words = ['import', '--json', '--account', account, ...paths];
  const report = execFileSync(process.execPath, [join(root, 'bin', 'gmail-llm.js'), ...words], {
    env: { ...process.env, GMAIL_HOME: home },
    encoding: 'utf8',
  });
  await seedHome(home, { account, ...sizes });
  say(`${/"imported": *(\d+)/.exec(report)?.[1]} messages, ${sizes.changes * 2} audit lines, ${sizes.sends} sends`);
}

const { values, positionals } = parseArgs({ options: { home: { type: 'string' } }, allowPositionals: true });
const home = values.home ?? mkdtempSync(join(tmpdir(), 'gmail-llm-bench-page-'));
try {
  if (values.home === undefined || !existsSync(home)) await fill(home, positionals);
  await measurePages(home);
} finally {
  if (values.home === undefined) rmSync(home, { recursive: true, force: true });
}
