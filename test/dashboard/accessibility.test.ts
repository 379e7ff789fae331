import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { pages } from '../../src/dashboard/pages.ts';
import { seedWebhook } from '../safety/seed-webhook.ts';
import { makeHome, program, startSupervisor } from '../supervisor/harness.ts';
import { agentOf } from './agent.ts';
import { enter, listen, openBrowser, skip } from './browser.ts';
import { startDashboard } from './dashboard-server.ts';

const account = 'demo@gmail-llm.example';
const timeout = 280_000;

/** A dashboard on which each page has something to show, and the address of every page. */
async function startFull(t: TestContext) {
  const parts = makeHome(t, program('sleeper', 'sleep 600'));
  await startSupervisor(t, parts);
  const home = parts.folder;
  const call = { time: new Date().toISOString(), level: 'info', message: 'call', transport: 'mcp', tokenName: 'agent' };
  const calls = [
    { ...call, operation: 'search_messages', code: 'OK', ms: 12, requestId: 'r-1' },
    { ...call, operation: 'send_message', code: 'FORBIDDEN', ms: 3, requestId: 'r-2' },
  ];
  writeFileSync(
    join(home, 'logs', 'gmail-mcp-server.log'),
    `${calls.map((each) => JSON.stringify(each)).join('\n')}\n`,
  );
  const dashboard = await startDashboard(t, { GMAIL_HOME: home });
  writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
  const asAgent = agentOf(dashboard);
  const { outboxId = '' } = await asAgent('send_message', {
    to: ['ann@example.net'],
    subject: 'figures',
    body: 'Hello',
  });
  const mailbox = await dashboard.assembly.services.accounts.open(account);
  const lines = [
    `From: a@example.org`,
    `To: ${account}`,
    'Subject: Hello',
    'Content-Type: text/html',
    '',
    '<p>Hello <a href="https://a.example">you</a>',
  ];
  const { id } = await mailbox.importMessage({ raw: Buffer.from(lines.join('\r\n')), labelIds: ['INBOX'] });
  await asAgent('modify_messages', { ids: [id], addLabelIds: ['STARRED'] });
  await seedWebhook(join(home, 'data'), 'wh_one');
  const filled = new Map([
    ['/outbox/{id}', `/outbox/${outboxId}`],
    ['/mail/{account}/{id}', `/mail/${account}/${id}`],
    ['/audit/{sequence}', '/audit/1'],
    ['/events/{id}', '/events/wh_one'],
    ['/programs/{name}', '/programs/sleeper'],
  ]);
  const paths = pages.map(({ path }) => {
    const address = filled.get(path) ?? path;
    assert.ok(!address.includes('{'), `${path} has no example here`);
    return address;
  });
  return {
    dashboard,
    home,
    paths: [...paths, `/outbox/${outboxId}?as=source`, '/mail?q=colour:red', '/policy?to=eve@example.org'],
  };
}

/** What axe finds, a line each; in the second scheme only what depends on colours. */
async function findingsOf(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [scheme, rules] of [
    ['dark', 'undefined'],
    ['light', '["color-contrast", "link-in-text-block"]'],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const violations = await page.evaluate(
      `axe.run(document, { iframes: false, preload: false, resultTypes: ['violations'], runOnly: ${rules} }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
    );
    assert.ok(Array.isArray(violations));
    found.push(...violations.map((violation) => `${scheme} ${String(violation)}`));
  }
  return found;
}

/** What can be pressed or filled in, but is not reached by the Tab key. */
async function unreached(page: Page): Promise<readonly string[]> {
  const count = Number(
    await page.evaluate(`{
      globalThis.reached = new Set();
      addEventListener('focusin', ({ target }) => reached.add(target));
      const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
      globalThis.wanted = [...document.querySelectorAll(all)].filter((element) => element.checkVisibility());
      document.body.focus();
      wanted.length;
    }`),
  );
  // A frame of a mail has places of its own.
  for (let pressed = 0; pressed < count + 20; pressed++) await page.keyboard.press('Tab');
  const missed = await page.evaluate(
    'wanted.filter((element) => !reached.has(element) && element !== document.activeElement).map(({ outerHTML }) => outerHTML.slice(0, 120))',
  );
  assert.ok(Array.isArray(missed));
  return missed.map(String);
}

test(
  'axe finds nothing on any page, light or dark, wide or narrow; Tab reaches everything',
  { skip, timeout },
  async (t) => {
    const { dashboard, home, paths } = await startFull(t);
    const page = await (await openBrowser(t)).newPage();
    const complaints = listen(page, dashboard.url);
    const base = await enter(page, dashboard);
    const found: string[] = [];
    const look = async (path: string) => {
      await page.evaluate(axe.source);
      found.push(...(await findingsOf(page)).map((finding) => `${path} ${finding}`));
      found.push(...(await unreached(page)).map((element) => `${path} not reached by keyboard: ${element}`));
      const isTooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      assert.equal(isTooWide, false, `${path} is wider than its window`);
    };
    for (const [index, path] of paths.entries()) {
      await page.setViewportSize({ width: index % 2 === 0 ? 1280 : 390, height: 800 });
      await page.goto(`${base}${path}`);
      await look(path);
    }
    // Faults are pages too.
    writeFileSync(join(home, 'policy.json'), '{"sending": "faulty"}');
    for (const path of ['/', '/nowhere']) {
      await page.goto(`${base}${path}`);
      await look(path);
    }
    assert.deepEqual(found, []);
    const ours = complaints.errors.filter((error) => !error.includes('404'));
    assert.deepEqual({ ...complaints, errors: ours }, { outside: [], errors: [] });
  },
);
