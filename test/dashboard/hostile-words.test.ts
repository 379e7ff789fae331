import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { seedWebhook } from '../safety/seed-webhook.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { agentOf } from './agent.ts';
import { enter, listen, openBrowser, skip } from './browser.ts';
import { signIn, startDashboard } from './dashboard-server.ts';

const owner = 'me@example.org';

/** What strangers can write where a page shows a name, a subject or an address. */
const hostile = {
  markup: `</title><img src=x onerror=alert(1)><script>alert(2)</script>"'`,
  bidi: '\u202Egnp.exe\u202C\u2066\u200F',
  invisible: 'a\u200Bb\uFEFF\u00ADd\u{E0041}',
  long: 'W'.repeat(600),
  marks: `Z${'\u0300\u0316\u0489'.repeat(60)}algo`,
  right: `שלום ${'ש'.repeat(300)}`,
  link: 'javascript:alert(1)',
} as const;

const layout = `<base href="javascript:alert(3)"><a href="javascript:alert(4)">x</a>
  <div style="position:fixed;top:0;left:0;width:9999px;height:9999px;background:red;z-index:99999">Over everything</div>
  <meta http-equiv=refresh content="0;url=https://evil.example"><img src="https://evil.example/p.png">
  <svg onload=alert(5)></svg><form action="https://evil.example"><input autofocus onfocus=alert(6)></form>`;

function encoded(words: string): string {
  const parts = Array.from(words).reduce<string[]>(
    (all, character) =>
      Buffer.byteLength(all.at(-1) ?? '') > 36
        ? [...all, character]
        : [...all.slice(0, -1), `${all.at(-1) ?? ''}${character}`],
    [''],
  );
  return parts.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}

function mailFrom(words: string): Buffer {
  const file = encoded(`${words.slice(0, 150)}.html`);
  return Buffer.from(
    [
      `From: ${encoded(words.slice(0, 200))} <evil@xn--exmple-cua.org>`,
      `To: ${encoded(words.slice(0, 200))} <${owner}>`,
      `Subject: ${encoded(words)}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=B',
      '\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n',
      `${layout}${words}`,
      `--B\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename="${file}"\r\n`,
      '<script>alert(7)</script>\r\n--B--\r\n',
    ].join('\r\n'),
  );
}

/**
 * In the browser: whether the page is wider than its window, what leaves the window at its right, but for tables, which scroll,
 * and texts with characters that hide or reorder others.
 */
const look = `(() => {
  const odd = /[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]/;
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.nodeValue);
  const { scrollWidth, clientWidth } = document.documentElement;
  const outside = [...document.querySelectorAll('main article, main dd, main li, main p, main pre, main button')].filter(
    (element) => element.closest('.scroll') === null && element.getBoundingClientRect().right > clientWidth,
  );
  return { isTooWide: scrollWidth > clientWidth, outside: outside.map(({ outerHTML }) => outerHTML.slice(0, 200)), odd: texts.filter((text) => odd.test(text)) };
})()`;

test(
  'whatever strangers write runs nothing, reorders nothing, and hides nothing beside it',
  { skip, timeout: 300_000 },
  async (t) => {
    const home = temporaryFolder(t);
    const store = openMailStore(localMailboxFolder(join(home, 'data'), owner));
    const mailbox = openLocalMailbox({ store, emailAddress: owner });
    const words = Object.values(hostile);
    const labelIds = ['INBOX'];
    for (const name of words) labelIds.push((await mailbox.createLabel({ name: name.slice(0, 200) })).id);
    const ids: string[] = [];
    for (const each of words) ids.push((await mailbox.importMessage({ raw: mailFrom(each), labelIds })).id);
    mailbox.close();
    writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
    mkdirSync(join(home, 'logs'));
    const line = { level: 'info', time: new Date().toISOString(), pid: 1, requestId: 'r', note: hostile.long };
    const lines = words.map((message) => `${JSON.stringify({ ...line, message })}\n`);
    writeFileSync(join(home, 'logs', 'gmail-api-server.log'), lines.join(''));
    await seedWebhook(join(home, 'data'), 'wh_one', `https://example.net/${hostile.long}${hostile.bidi}`);
    const dashboard = await startDashboard(t, { GMAIL_HOME: home, GMAIL_ACCOUNT: owner });
    const agent = agentOf(dashboard);
    const waiting: string[] = [];
    for (const subject of words) {
      const to = [
        `"ann@example.org" <evil@attacker.example>`,
        `${'l'.repeat(60)}@${'d'.repeat(60)}.${'e'.repeat(60)}.example`,
      ];
      const attachments = [{ filename: `${hostile.bidi}.html`, contentBase64: 'PHA+', mimeType: 'text/html' }];
      waiting.push((await agent('send_message', { to, subject, body: subject, attachments })).outboxId ?? '');
    }
    await agent('modify_messages', { ids, addLabelIds: labelIds.slice(1, 3) });

    const page = await (await openBrowser(t)).newPage();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const complaints = listen(page, dashboard.url);
    const base = await enter(page, dashboard);
    const plain = ['/', '/approvals', '/outbox', '/mail', '/audit', '/events', '/events/wh_one', '/logs', '/accounts'];
    const paths = [
      ...plain,
      `/mail?q=${encodeURIComponent(`subject:x${hostile.bidi}${hostile.markup.replaceAll('"', '')}`)}`,
      ...ids.map((id) => `/mail/${encodeURIComponent(owner)}/${id}`),
      ...waiting.flatMap((id) => [`/outbox/${id}`, `/outbox/${id}?as=layout`]),
    ];
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of paths) {
        const response = await page.goto(`${base}${path}`);
        assert.equal(response?.status(), 200, path);
        assert.deepEqual(await page.evaluate(look), { isTooWide: false, outside: [], odd: [] }, `${path} at ${width}`);
      }
      // Whom each goes to is beside its subject, not beyond the edge of the window or screens below.
      await page.goto(`${base}/outbox`);
      for (const cell of await page.locator('td[data-label="To"]').all()) {
        const box = await cell.boundingBox();
        assert.ok(box !== null && box.x + box.width <= width, JSON.stringify(box));
      }
      for (const id of waiting) {
        await page.goto(`${base}/outbox/${id}`);
        const address = page.locator('.addresses li', { hasText: 'evil@attacker.example' });
        const box = await address.first().boundingBox();
        assert.ok(box !== null && box.y < 900, JSON.stringify(box));
      }
    }
    assert.deepEqual({ dialogs, ...complaints }, { dialogs: [], outside: [], errors: [] });
  },
);

test("a name with an address in it does not stand for the sender's, and an own label is called as its owner called it", async (t) => {
  const home = temporaryFolder(t);
  const store = openMailStore(localMailboxFolder(join(home, 'data'), owner));
  const mailbox = openLocalMailbox({ store, emailAddress: owner });
  const { id: label } = await mailbox.createLabel({ name: 'WORK_NOW' });
  const raw = Buffer.from('From: "boss@example.org" <evil@attacker.example>\nSubject: Hi\n\nx');
  await mailbox.importMessage({ raw, labelIds: ['INBOX', 'IMPORTANT', label] });
  mailbox.close();
  const dashboard = await startDashboard(t, { GMAIL_HOME: home, GMAIL_ACCOUNT: owner });
  const { path, cookie } = await signIn(dashboard);
  const { text } = await dashboard.send('GET', `${path}/mail`, { cookie });
  assert.match(text, /boss@example\.org.*evil@attacker\.example/s);
  assert.match(text, />WORK_NOW</);
  assert.match(text, />Important</);
});
