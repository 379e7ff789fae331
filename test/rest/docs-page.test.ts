import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { startRestServer } from '../support/rest-server.ts';

const browserPath = '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : 'needs Chromium: apt-get install -y --no-install-recommends chromium';

test('the root leads a browser to the page of the owner, and nobody else', async (t) => {
  const { url, token } = await startRestServer(t, { GMAIL_DASHBOARD_PORT: '8123' });
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const led = await fetch(`${url}/`, { headers: { accept }, redirect: 'manual' });
  assert.deepEqual([led.status, led.headers.get('location')], [302, 'http://127.0.0.1:8123/']);
  for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
    assert.equal((await fetch(`${url}/`, { headers, redirect: 'manual' })).status, 404);
  }
});

test(
  'the API page works with no internet: a person enters the token and tries a call',
  { skip, timeout: 240_000 },
  async (t) => {
    const server = await startRestServer(t);
    const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    t.after(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    // Drawing a hundred operations takes its time on a busy machine.
    page.setDefaultTimeout(90_000);
    const outside: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) outside.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${server.url}/docs`);
    await page.locator('.btn.authorize').click();
    await page.locator('.auth-container input').fill(server.token);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
    const operation = page.locator('#operations-messages-search_messages');
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('input[placeholder="q"]').fill('has:attachment');
    await operation.locator('button.execute').click();
    const status = operation.locator('.live-responses-table tbody .response-col_status').first();
    await status.waitFor();
    assert.match(await status.innerText(), /^200/);
    const body = await operation.locator('.live-responses-table tbody .highlight-code').first().innerText();
    assert.match(body, /"messages"/);
    await page.reload();
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('button.execute').click();
    await status.waitFor();
    assert.match(await status.innerText(), /^200/, 'the token is kept for this tab');
    const other = await browser.newPage();
    await other.goto(`${server.url}/docs`);
    await other.locator('.btn.authorize.unlocked').waitFor();

    for (const colorScheme of ['dark', 'light'] as const) {
      // Colours that still fade from one scheme into the other would be measured halfway.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(axe.source);
      const violations = await page.evaluate(
        `axe.run(document, { preload: false, runOnly: ['color-contrast'] }).then(({ violations }) => violations.flatMap(({ nodes }) => nodes.map(({ html, any }) => html.slice(0, 120) + JSON.stringify(any[0]?.data))))`,
      );
      assert.deepEqual(violations, [], colorScheme);
    }
    const screenshot = process.env.DOCS_SCREENSHOT;
    if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    assert.deepEqual(outside, []);
    assert.deepEqual(complaints, []);
  },
);
