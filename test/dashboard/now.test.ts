import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
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
