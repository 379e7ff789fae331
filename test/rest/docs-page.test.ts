import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { startRestServer } from '../support/rest-server.ts';

const browserPath = '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : 'needs Chromium: apt-get install -y --no-install-recommends chromium';

test(
  'the API page works with no internet: a person enters the token and tries a call',
  { skip, timeout: 90_000 },
  async (t) => {
    const server = await startRestServer(t);
    const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    t.after(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
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
    const screenshot = process.env.DOCS_SCREENSHOT;
    if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    assert.deepEqual(outside, []);
    assert.deepEqual(complaints, []);
  },
);
