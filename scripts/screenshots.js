// Pictures of every page of the owner, in light and dark, for a telephone and a desk: into the folder `screenshots`, and
// two of them into docs/pictures, for the README.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const home = mkdtempSync(join(tmpdir(), 'gmail-llm-screenshots-'));
const account = 'demo@gmail-llm.example';
const widths = [1280, 390];
const schemes = ['light', 'dark'];
/** The page Now once more, with a server stopped. */
const stopped = '/?stopped';

/** A port that nobody has. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const [mcp, api, dashboard] = [await freePort(), await freePort(), await freePort()];
const env = {
  ...process.env,
  GMAIL_HOME: home,
  GMAIL_MCP_PORT: `${mcp}`,
  GMAIL_API_PORT: `${api}`,
  GMAIL_DASHBOARD_PORT: `${dashboard}`,
};
const llm = (...words) =>
  execFileSync(process.execPath, [join(root, 'bin', 'gmail-llm.js'), ...words], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

/** What an agent does over REST. */
async function call(token, method, path, body) {
  const response = await fetch(`http://127.0.0.1:${api}${path}`, {
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

/** An agent that has read, labelled, and asked to send; returns the addresses of what came of it. */
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
  await call(token, 'POST', '/api/messages/send', {
    to: ['maya@studio-nine.example'],
    subject: 'Lunch?',
    body: 'Noon?',
  });
  return [`/outbox/${outboxId}`, `/mail/${account}/${ids[0]}`];
}

async function takePictures() {
  const nobodyListens = 'http://127.0.0.1:9';
  const rules = {
    sending: 'confirm',
    recipients: { deny: ['@competitor.example'] },
    egress: { allow: [nobodyListens] },
  };
  writeFileSync(join(home, 'policy.json'), JSON.stringify(rules));
  const webhook = llm('webhook', 'add', `${nobodyListens}/mail`, '--kind', 'labelsChanged').split('\n')[0];
  const more = await beAgent();
  await killServer('gmail-mcp-server');
  await until(() => (llm('webhook', 'list').includes('failing since') ? true : undefined));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(llm('open', '--no-browser'));
    await page.waitForURL(/\/s\//);
    const base = page.url().slice(0, -1);
    const paths = ['/', '/approvals', '/outbox', '/mail', '/audit', '/audit/1', '/calls', '/jobs', '/logs'];
    const others = ['/accounts', '/policy?to=ann@competitor.example', '/events', `/events/${webhook}`, '/tokens'];
    const rest = ['/settings', '/sessions', '/programs/gmail-mcp-server', ...more];
    for (const path of [...paths, ...others, ...rest, stopped]) {
      if (path === stopped) llm('ctl', 'stop', 'gmail-servers:gmail-api-server');
      const [, name = ''] = path.split(/[/?]/);
      for (const [scheme, width] of schemes.flatMap((each) => widths.map((wide) => [each, wide]))) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme: scheme });
        await page.goto(`${base}${path}`);
        // A mail's frame is loaded when it is seen.
        if ((await page.locator('iframe').count()) > 0) {
          await page.frameLocator('iframe').first().locator('body', { hasText: /\S/ }).waitFor();
        }
        const kind = path === stopped ? 'stopped-' : path.split('/').length > 2 ? 'one-' : '';
        const file = `${kind}${name === '' ? 'now' : name}-${scheme}-${width}.png`;
        await page.screenshot({ path: join(root, 'screenshots', file) });
        const isShown = file === 'now-light-1280.png' || file === 'calls-dark-1280.png';
        if (isShown) await page.screenshot({ path: join(root, 'docs', 'pictures', file) });
      }
    }
  } finally {
    await browser.close();
  }
}

mkdirSync(join(root, 'screenshots'), { recursive: true });
mkdirSync(join(root, 'docs', 'pictures'), { recursive: true });
llm('up', '--detach');
try {
  await takePictures();
} finally {
  llm('ctl', 'shutdown');
  rmSync(home, { recursive: true, force: true });
}
