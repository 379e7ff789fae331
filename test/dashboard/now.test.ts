import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createLiveHub } from '../../src/dashboard/live/live-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { agentOf } from './agent.ts';
import { enter, listen, openBrowser, skip } from './browser.ts';
import { startDashboard } from './dashboard-server.ts';

const timeout = 120_000;

test('Now shows the account, renews itself when mail comes, and works by keyboard', { skip, timeout }, async (t) => {
  const dashboard = await startDashboard(t);
  const page = await (await openBrowser(t)).newPage();
  const complaints = listen(page, dashboard.url);
  const base = await enter(page, dashboard);
  const row = page.getByRole('row', { name: /demo@gmail-llm\.example/ });
  assert.match(await row.innerText(), /ready/);
  assert.match(await page.locator('#programs').innerText(), /No supervisor runs here/);

  await page.evaluate('globalThis.stillTheSamePage = true');
  const messages = Number(await row.getByRole('cell').nth(1).innerText());
  const mailbox = await dashboard.assembly.services.accounts.open();
  const raw = Buffer.from('From: a@example.org\r\nTo: demo@gmail-llm.example\r\nSubject: new\r\n\r\nhello\r\n');
  await mailbox.importMessage({ raw, labelIds: ['INBOX'] });
  await row.getByRole('cell', { name: String(messages + 1), exact: true }).waitFor();
  assert.equal(await page.evaluate('globalThis.stillTheSamePage'), true);

  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
  await page.goto(`${dashboard.url}/`);
  await page.waitForURL(`${base}/`);
  assert.deepEqual(complaints, { outside: [], errors: [] });
});

test(
  'a program on another port of the host neither gets the session nor acts with it',
  { skip, timeout },
  async (t) => {
    const dashboard = await startDashboard(t);
    const cookies: (string | undefined)[] = [];
    const stranger = createServer((request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader('content-type', 'text/html').end('<p>stranger');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    t.after(() => stranger.close());
    const address = stranger.address();
    assert.ok(typeof address === 'object' && address !== null);
    const page = await (await openBrowser(t)).newPage();
    const base = await enter(page, dashboard);
    const form = await page.locator('input[name="form"]').first().inputValue();
    await page.goto(`http://127.0.0.1:${address.port}/s/guess/`);
    assert.deepEqual(
      cookies.filter((cookie) => cookie?.includes('gmail-llm-session')),
      [],
    );

    // Even knowing the session's address and the token of its forms.
    const fetched = await page.evaluate(
      async ([url, token]) => {
        const options = { mode: 'no-cors', credentials: 'include' } as const;
        const both = await Promise.allSettled([
          fetch(`${url}/sign-out`, { ...options, method: 'POST', body: new URLSearchParams({ form: token ?? '' }) }),
          fetch(`${url}/`, options),
        ]);
        return both.map(({ status }) => status);
      },
      [base, form],
    );
    assert.deepEqual(fetched, ['rejected', 'rejected']);
    await page.setContent(`<form method="post" action="${base}/sign-out"><input name="form" value="${form}"><button>`);
    await page.locator('button').click();
    assert.match(await page.locator('body').innerText(), /Only pages of this address may change something/);
    await page.goto(`${base}/`);
    assert.equal(await page.locator('h1').innerText(), 'Now', 'the session is as it was');
  },
);

test(
  'a browser that was asked to says that a message waits, also while its tab is hidden, and no word of it',
  { skip, timeout },
  async (t) => {
    const home = temporaryFolder(t);
    const dashboard = await startDashboard(t, { GMAIL_HOME: home });
    writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
    const context = await openBrowser(t);
    await context.grantPermissions(['notifications'], { origin: dashboard.url });
    const page = await context.newPage();
    const notice = Promise.withResolvers<readonly string[]>();
    await page.exposeFunction('noticed', (...words: readonly string[]) => notice.resolve(words));
    // A notification is the system's: what is asked of it is looked at, and whether the tab is hidden is said here.
    await page.addInitScript(`
      globalThis.Notification = class extends EventTarget {
        static permission = 'granted';
        static requestPermission = async () => 'granted';
        constructor(title, { body }) { super(); noticed(title, body); }
      };
      Object.defineProperty(document, 'hidden', { get: () => globalThis.isHidden === true });`);
    const base = await enter(page, dashboard);
    await page.goto(`${base}/approvals`);
    await page.getByRole('button', { name: 'Notify this browser', exact: true }).click();
    await page.getByRole('button', { name: 'Do not notify this browser' }).waitFor();
    const isFollowing = page.waitForResponse(/\/live$/);
    await page.goto(`${base}/settings`);
    await isFollowing;
    await page.evaluate('isHidden = true; document.dispatchEvent(new Event("visibilitychange"))');
    await agentOf(dashboard)('send_message', { to: ['ann@example.net'], subject: 'secret', body: 'Hello' });
    assert.deepEqual(await notice.promise, ['gmail-llm', '1 message waits for your approval.']);
  },
);

test('the page looks at its stores while somebody watches, and never after', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let looks = 0;
  const hub = createLiveHub([{ topic: 'outbox', stamp: () => String((looks += 1)) }], (error) =>
    assert.fail(String(error)),
  );
  const heard: string[] = [];
  t.mock.timers.tick(60_000);
  assert.equal(looks, 0, 'nobody has come yet');
  const leave = hub.join((topics) => heard.push(...topics));
  t.mock.timers.tick(2000);
  await setImmediate();
  assert.deepEqual(heard, ['outbox']);
  leave();
  const before = looks;
  for (let minute = 0; minute < 5; minute++) {
    t.mock.timers.tick(60_000);
    await setImmediate();
  }
  assert.equal(looks, before);
});
