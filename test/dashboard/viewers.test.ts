import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { agentOf } from './agent.ts';
import { enter, openBrowser, openContext, skip } from './browser.ts';
import { startDashboard, type TestDashboard } from './dashboard-server.ts';

const account = 'demo@gmail-llm.example';
const timeout = 240_000;
const tabs = 10;

/** Stores a message; returns its id. */
async function deliver({ assembly }: TestDashboard, date: string): Promise<string> {
  const mailbox = await assembly.services.accounts.open(account);
  const raw = Buffer.from(`From: a@example.org\r\nTo: ${account}\r\nSubject: new\r\nDate: ${date}\r\n\r\nhello\r\n`);
  const { id } = await mailbox.importMessage({ raw, labelIds: ['INBOX'] });
  return id;
}

/** Has a tab's page say that it is hidden, or seen again, as a browser does. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`globalThis.isHidden = ${isHidden}; document.dispatchEvent(new Event('visibilitychange'))`);
}

test(
  'ten tabs share one stream, each renews itself, and no stream is left when all are hidden',
  { skip, timeout },
  async (t) => {
    const dashboard = await startDashboard(t);
    const context = await openBrowser(t);
    await context.addInitScript(
      `Object.defineProperty(document, 'hidden', { get: () => globalThis.isHidden === true });`,
    );
    const streams = new Map<Page, number>();
    const count = (page: Page, change: number) => streams.set(page, (streams.get(page) ?? 0) + change);
    const open = () => [...streams.values()].reduce((sum, each) => sum + each, 0);
    const pages: Page[] = [];
    let base = '';
    for (let tab = 0; tab < tabs; tab++) {
      const page = await context.newPage();
      page.on('request', (request) => request.url().endsWith('/live') && count(page, 1));
      page.on('requestfailed', (request) => request.url().endsWith('/live') && count(page, -1));
      if (tab === 0) base = await enter(page, dashboard);
      await page.goto(`${base}/mail?q=from:a@example.org`);
      pages.push(page);
    }
    await eventually('one stream for ten tabs', () => open() === 1);
    await deliver(dashboard, 'Sat, 28 Nov 2026 20:00:00 +0000');
    for (const page of pages) await page.locator('.hits li').waitFor();

    // Whichever tab has the stream goes: another one takes it up.
    const leader = pages.find((page) => (streams.get(page) ?? 0) > 0);
    assert.ok(leader !== undefined);
    await hide(leader, true);
    await eventually('another tab has the stream', () => streams.get(leader) === 0 && open() === 1);
    for (const page of pages) await hide(page, true);
    await eventually('the stream of hidden tabs ends', () => open() === 0);
    await hide(leader, false);
    await eventually('a tab that is seen again has the stream', () => open() === 1);
  },
);

/** A browser set up otherwise than that of other tests. */
async function openViewer(t: TestContext, options: BrowserContextOptions): Promise<BrowserContext> {
  const browser = (await openBrowser(t)).browser();
  assert.ok(browser !== null);
  return openContext(browser, options);
}

/** How much of a page has moved since it was loaded, also what its observer has not been told of yet. */
function shiftOf(page: Page): Promise<unknown> {
  return page.evaluate(`new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(globalThis.shiftNow()))))`);
}

test('times are in the zone of the viewer, and nothing moves while a page is loaded', { skip, timeout }, async (t) => {
  const home = temporaryFolder(t);
  const dashboard = await startDashboard(t, { GMAIL_HOME: home });
  const id = await deliver(dashboard, 'Sat, 28 Nov 2026 20:00:00 +0000');
  writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
  const { outboxId } = await agentOf(dashboard)('send_message', { to: ['ann@example.net'], subject: 'x', body: 'Hi' });
  const context = await openViewer(t, { timezoneId: 'Asia/Kolkata' });
  await context.addInitScript(`
    let shift = 0;
    const add = (entries) => { for (const { value } of entries) shift += value; return shift; };
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    globalThis.shiftNow = () => add(observer.takeRecords());`);
  const page = await context.newPage();
  const base = await enter(page, dashboard);
  const shifts: Record<string, unknown> = {};
  const paths = [
    '/',
    '/approvals',
    `/outbox/${outboxId}`,
    '/mail',
    `/mail/${account}/${id}`,
    '/audit',
    '/logs',
    '/tokens',
  ];
  for (const [path, width] of paths.flatMap((each) => [1280, 360].map((wide) => [each, wide] as const))) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${base}${path}`);
    const moved = await shiftOf(page);
    if (moved !== 0) shifts[`${path} ${width}`] = moved;
  }
  assert.deepEqual(shifts, {});
  await page.evaluate(`document.body.insertAdjacentHTML('afterbegin', '<div>' + '<p>more'.repeat(9) + '</div>')`);
  await page.waitForFunction('globalThis.shiftNow() > 0', undefined, { timeout: 60_000 });
  await page.goto(`${base}/mail/${account}/${id}`);
  assert.match(await page.locator('#message').innerText(), /2026-11-29 01:30/);
});

test(
  'without scripts a person signs in by a button, reads times in UTC, searches and decides',
  { skip, timeout },
  async (t) => {
    const home = temporaryFolder(t);
    const dashboard = await startDashboard(t, { GMAIL_HOME: home });
    const id = await deliver(dashboard, 'Sat, 28 Nov 2026 20:00:00 +0000');
    writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
    await agentOf(dashboard)('send_message', { to: ['ann@example.net'], subject: 'Figures', body: 'Hi' });
    const context = await openViewer(t, { javaScriptEnabled: false, timezoneId: 'Asia/Kolkata' });
    const page = await context.newPage();
    await page.goto(`${dashboard.url}${dashboard.link()}`);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.waitForURL(/\/s\//);
    await page.getByRole('link', { name: 'Mail', exact: true }).click();
    await page.getByRole('searchbox').fill('from:a@example.org');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('.what a').first().click();
    assert.ok(page.url().endsWith(id));
    assert.match(await page.locator('#message').innerText(), /2026-11-28 20:00/);
    assert.match(await page.frameLocator('iframe').locator('body').innerText(), /hello/);
    await page.getByRole('link', { name: /Approvals/ }).click();
    await page.getByRole('link', { name: 'Figures' }).click();
    await page.getByText('Change it first').click();
    await page.getByLabel('Subject').fill('Figures of May');
    await page.getByRole('button', { name: 'Keep the change' }).click();
    await page.getByRole('button', { name: 'Send this message' }).click();
    assert.match(await page.getByRole('status').innerText(), /was sent/);
    assert.equal(await page.locator('h1').innerText(), 'Figures of May');
  },
);
