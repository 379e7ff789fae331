// Pictures of every page of the owner, in light and dark, for a telephone and a desk: into the folder `screenshots`, and
// two of them into docs/pictures, for the README. Those that begin with `live-` are of an account at the emulator, with a mirror;
// with `dead-`, of the same when its login was revoked.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-screenshots-'));
const home = join(folder, 'demo');
const account = 'demo@gmail-llm.example';
const widths = [1280, 390];
const schemes = ['light', 'dark'];

/** A port that nobody has. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const program = join(root, 'bin', 'gmail-llm.js');

/** The environment of a home. */
async function environmentOf(path, more = {}) {
  const [mcp, api, dashboard] = [await freePort(), await freePort(), await freePort()];
  const ports = { GMAIL_MCP_PORT: `${mcp}`, GMAIL_API_PORT: `${api}`, GMAIL_DASHBOARD_PORT: `${dashboard}` };
  return { ...process.env, ...more, ...ports, GMAIL_HOME: path };
}

/** What runs commands on a home. */
function commands(env) {
  const options = { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  return (...words) => execFileSync(process.execPath, [program, ...words], options).trim();
}

const demo = await environmentOf(home);
const llm = commands(demo);

/** What an agent does over REST. */
async function call(token, method, path, body) {
  const response = await fetch(`http://127.0.0.1:${demo.GMAIL_API_PORT}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

/** Waits until `look` returns something, half a minute at most. */
async function until(look) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(500);
  }
  throw new Error('It did not happen within half a minute.');
}

/** Kills a server as the kernel would, and waits until the supervisor has another one ready. */
async function killServer(name) {
  const statusOf = () => JSON.parse(llm('ctl', 'status', '--json')).find((each) => each.name === name);
  process.kill(statusOf().pid, 'SIGKILL');
  await until(() => (statusOf().restarts > 0 && statusOf().ready === true ? true : undefined));
}

/** An agent that has read, labelled, sent, waited and been refused; returns its token and the addresses of what came of it. */
async function beAgent() {
  const token = llm('token', 'create', 'assistant', '--grants', 'read,organize,draft,send');
  for (const q of ['is:unread', 'from:maya', 'has:attachment', 'invoice', 'colour:red', 'newer_than:3d']) {
    await call(token, 'GET', `/api/messages?${new URLSearchParams({ q }).toString()}`);
  }
  const { messages } = await call(token, 'GET', '/api/messages?q=from:nordlicht&maxResults=2');
  const ids = messages.map(({ id }) => id);
  await call(token, 'POST', '/api/messages/modify', { ids, addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
  await call(token, 'POST', '/api/labels', { name: 'Projects/Atlas' });
  const { outboxId } = await call(token, 'POST', '/api/messages/send', {
    to: ['ingrid@lindgren.example'],
    subject: 'Delivery days',
    body: 'Dear Ms Lindgren,\n\nyes: customers can choose a day from next week on. The form is ready for you to try.\n\nBest wishes\nRobin',
  });
  const mails = [
    { to: ['maya@studio-nine.example'], subject: 'Lunch?', body: 'Noon?' },
    { to: ['jonas@studio-nine.example'], subject: 'Photos', body: 'All 48 are **in the folder**.' },
    { to: ['press@morning-ledger.example'], subject: 'Our numbers', body: 'Attached are all our numbers.' },
    { to: ['ann@competitor.example'], subject: 'Our prices', body: 'As you asked.' },
  ];
  for (const mail of mails) await call(token, 'POST', '/api/messages/send', mail);
  return { token, paths: [`/outbox/${outboxId}`, `/mail/${account}/${ids[0]}`] };
}

/** An owner who sends one message and rejects another. */
async function decide(page, base) {
  for (const [subject, button] of [
    ['Photos', 'Send this message'],
    ['Our numbers', 'Reject'],
  ]) {
    await page.goto(`${base}/approvals`);
    await page.getByRole('link', { name: subject, exact: true }).click();
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('status').waitFor();
  }
}

/** Opens a home's page for its owner; returns the address of the session. */
async function signIn(page, run) {
  await page.goto(run('open', '--no-browser'));
  await page.waitForURL(/\/s\//);
  return page.url().slice(0, -1);
}

/** Takes the four pictures of a page. */
async function shoot(page, base, path, kind = path.split('/').length > 2 ? 'one-' : '') {
  const [, name = ''] = path.split(/[/?]/);
  for (const [scheme, width] of schemes.flatMap((each) => widths.map((wide) => [each, wide]))) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(`${base}${path}`);
    // A mail's frame is loaded when it is seen.
    if ((await page.locator('iframe').count()) > 0) {
      await page.frameLocator('iframe').first().locator('body', { hasText: /\S/ }).waitFor();
    }
    const file = `${kind}${name === '' ? 'now' : name}-${scheme}-${width}.png`;
    await page.screenshot({ path: join(root, 'screenshots', file), fullPage: true });
    const isShown = file === 'now-light-1280.png' || file === 'calls-dark-1280.png';
    if (isShown) await page.screenshot({ path: join(root, 'docs', 'pictures', file) });
  }
}

/** The demo home: an agent has been at work, a server was killed, a webhook fails; at the end a server is stopped. */
async function shootDemo(page) {
  const nobodyListens = 'http://127.0.0.1:9';
  const rules = {
    sending: 'confirm',
    recipients: { deny: ['@competitor.example'] },
    egress: { allow: [nobodyListens] },
  };
  const writeRules = (more) => writeFileSync(join(home, 'policy.json'), JSON.stringify({ ...rules, ...more }));
  writeRules({});
  const webhook = llm('webhook', 'add', `${nobodyListens}/mail`, '--kind', 'labelsChanged').split('\n')[0];
  const { token, paths: more } = await beAgent();
  writeRules({ sending: 'direct', graceSeconds: 3600 });
  const later = { to: ['team@studio-nine.example'], subject: 'Minutes', body: 'Here they are.' };
  await call(token, 'POST', '/api/messages/send', later);
  writeRules({});
  await killServer('gmail-mcp-server');
  await until(() => (llm('webhook', 'list').includes('failing since') ? true : undefined));
  const base = await signIn(page, llm);
  await decide(page, base);
  const paths = ['/', '/approvals', '/outbox', '/mail', '/audit', '/audit/1', '/calls', '/jobs', '/logs'];
  const others = ['/accounts', '/policy?to=ann@competitor.example', '/events', `/events/${webhook}`, '/tokens'];
  const rest = ['/settings', '/sessions', '/programs/gmail-mcp-server', ...more];
  for (const path of [...paths, ...others, ...rest]) await shoot(page, base, path);
  await shoot(page, base, '/audit/verify', 'verify-');
  await shoot(page, base, '/outbox?state=sent', 'sent-');
  await shoot(page, base, `${more[0]}?as=layout`, 'layout-');
  llm('ctl', 'stop', 'gmail-servers:gmail-api-server');
  await shoot(page, base, '/', 'stopped-');
}

/** Starts the emulator on another demo mailbox; returns the child and what it says of itself. */
async function startGoogle() {
  const env = await environmentOf(join(folder, 'google'));
  const child = spawn(process.execPath, [program, 'emulate'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const said = await new Promise((resolve) => {
    child.stdout.once('data', resolve);
  });
  return { child, ...JSON.parse(String(said)) };
}

/** Logs a home in; the emulator's consent page stands for a person. */
async function logIn(env) {
  const child = spawn(process.execPath, [program, 'login', '--no-browser'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const address = await until(() => /^http:\S+auth\?\S+(?=\n)/m.exec(said)?.[0]);
  const response = await fetch(address, { redirect: 'manual' });
  await (await fetch(response.headers.get('location') ?? '')).text();
  await ended;
}

/** A live account with its mirror, and then with its login revoked. */
async function shootLive(page) {
  const google = await startGoogle();
  const { rootUrl, clientId, clientSecret } = google;
  const live = await environmentOf(join(folder, 'live'), {
    GMAIL_BACKEND: 'gmail',
    GMAIL_MIRROR: 'on',
    GMAIL_API_ROOT_URL: rootUrl,
    GMAIL_OAUTH_ROOT_URL: rootUrl,
    GMAIL_CLIENT_ID: clientId,
    GMAIL_CLIENT_SECRET: clientSecret,
  });
  const run = commands(live);
  const controlled = (path) => new URL(`emulator/${path}`, rootUrl);
  const control = (path, body) => fetch(controlled(path), { method: 'POST', body: JSON.stringify(body) });
  try {
    await logIn(live);
    run('up', '--detach');
    run('sync');
    const base = await signIn(page, run);
    for (const path of ['/', '/accounts', '/mail', '/settings']) await shoot(page, base, path, 'live-');
    const { grants } = await (await fetch(controlled('state'))).json();
    for (const { id } of grants) await control('kill-grant', { grantId: id, death: 'revoked' });
    await control('expire-tokens', {});
    await until(async () => {
      await page.goto(`${base}/accounts`);
      return (await page.content()).includes('gmail-llm login') ? true : undefined;
    });
    for (const path of ['/', '/accounts']) await shoot(page, base, path, 'dead-');
  } finally {
    run('ctl', 'shutdown');
    google.child.kill();
  }
}

const [part = 'all'] = process.argv.slice(2);
if (!['all', 'demo', 'live'].includes(part)) throw new Error(`expected demo, live or nothing, got ${part}`);
mkdirSync(join(root, 'screenshots'), { recursive: true });
mkdirSync(join(root, 'docs', 'pictures'), { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  if (part !== 'live') {
    llm('up', '--detach');
    try {
      await shootDemo(await browser.newPage());
    } finally {
      llm('ctl', 'shutdown');
    }
  }
  if (part !== 'demo') await shootLive(await browser.newPage());
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
