import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { enter, listen, openBrowser, skip } from './browser.ts';
import { signIn, startDashboard, type TestDashboard } from './dashboard-server.ts';

const account = 'demo@gmail-llm.example';

const hostileHtml = (
  url: string,
) => `<style>@import "${url}/style.css"; body { background: url(${url}/ground.png) }</style>
<h1>Visible words</h1>
<img src="${url}/pixel.png" alt="Chart">
<script>parent.location = "${url}/script"; top.location = "${url}/top"; fetch("${url}/fetch")</script>
<a id="out" href="${url}/link" target="_top">Leave</a>
<form action="${url}/form"><button id="send">Send</button></form>
<meta http-equiv="refresh" content="0;url=${url}/refresh">
<svg onload="location='${url}/svg'"><text>hidden</text></svg>
<iframe src="${url}/inner"></iframe><object data="${url}/object"></object><link rel="prefetch" href="${url}/prefetch">
<base href="${url}/">`;

async function fileMail(dashboard: TestDashboard, html: string): Promise<string> {
  const lines = [
    'From: "Mallory <script>alert(1)</script>" <mallory@example.org>',
    `To: ${account}`,
    'Subject: <img src=x onerror=alert(2)> "quoted" \' & more',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--b',
    'Content-Type: text/html; name="page.html"',
    'Content-Disposition: attachment; filename="page.html"',
    '',
    '<script>alert(document.domain)</script>',
    '--b',
    'Content-Type: image/svg+xml; name="picture.svg"',
    'Content-Disposition: attachment; filename="picture.svg"',
    '',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    ...[
      ['application/xml', 'feed.xml', '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>'],
      ['application/pdf', 'plan.pdf', '%PDF-1.7 /OpenAction /JavaScript'],
    ].flatMap(([type, name, content]) => [
      '--b',
      `Content-Type: ${type}; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      '',
      content,
    ]),
    '--b--',
    '',
  ];
  const mailbox = await dashboard.assembly.services.accounts.open(account);
  const { id } = await mailbox.importMessage({ raw: Buffer.from(lines.join('\r\n')), labelIds: ['INBOX', 'UNREAD'] });
  return id;
}

test(
  'a mail is shown as it was laid out and cannot leave its frame, load or run anything',
  { skip, timeout: 120_000 },
  async (t) => {
    const asked: string[] = [];
    const tracker = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(tracker, 'listening');
    t.after(() => tracker.close());
    const address = tracker.address();
    assert.ok(typeof address === 'object' && address !== null);
    const dashboard = await startDashboard(t);
    const id = await fileMail(dashboard, hostileHtml(`http://127.0.0.1:${address.port}`));
    const page = await (await openBrowser(t)).newPage();
    const complaints = listen(page, dashboard.url);
    const base = await enter(page, dashboard);
    await page.goto(`${base}/mail/${account}/${id}`);
    assert.equal(await page.locator('h1').innerText(), '<img src=x onerror=alert(2)> "quoted" \' & more');
    const frame = page.frameLocator('iframe');
    assert.equal(await frame.locator('h1').innerText(), 'Visible words');
    assert.equal(await frame.locator('#out').getAttribute('title'), `http://127.0.0.1:${address.port}/link`);
    await frame.locator('#out').click();
    assert.match(await page.locator('#read').innerText(), /Visible words/);
    assert.equal(page.url(), `${base}/mail/${account}/${id}`);
    assert.deepEqual(asked, [], 'nobody was told that it was read');
    assert.deepEqual(complaints, { outside: [], errors: [] });

    await page.getByRole('button', { name: 'Mark as read' }).click();
    await page.getByRole('button', { name: 'Mark as unread' }).waitFor();
    assert.match(await page.getByRole('status').innerText(), /labels were changed/);
    await page.goto(`${base}/mail?q=${encodeURIComponent('from:mallory')}`);
    assert.match(await page.locator('.hits').innerText(), /Mallory <script>alert\(1\)<\/script>/);
  },
);

test('attachments are files to keep, never pages; the frame refuses everything', async (t) => {
  const dashboard = await startDashboard(t);
  const id = await fileMail(dashboard, '<p>x');
  const { path, cookie } = await signIn(dashboard);
  const get = (about: string) => dashboard.send('GET', `${path}/mail/${account}/${id}${about}`, { cookie });
  for (const [handle, name] of [
    ['a1', 'page.html'],
    ['a2', 'picture.svg'],
    ['a3', 'feed.xml'],
    ['a4', 'plan.pdf'],
  ]) {
    const { status, headers } = await get(`/attachments/${handle}`);
    assert.equal(status, 200);
    assert.match(String(headers['content-disposition']), new RegExp(`^attachment;.*${name}`));
    assert.equal(headers['content-type'], 'application/octet-stream');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(String(headers['content-security-policy']), /^sandbox; default-src 'none'/);
  }
  const frame = await get('/frame');
  assert.equal(
    frame.headers['content-security-policy'],
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
  );
  assert.match((await get('/raw')).text, /^From: "Mallory/);
  assert.equal((await dashboard.send('GET', `${path}/mail/${account}/${id}/frame`)).status, 401);
});

test('a faulty query is shown with its fault where it is', async (t) => {
  const dashboard = await startDashboard(t);
  await fileMail(dashboard, '<p>x');
  const { path, cookie } = await signIn(dashboard);
  const { status, text } = await dashboard.send('GET', `${path}/mail?q=${encodeURIComponent('is:unread colour:red')}`, {
    cookie,
  });
  assert.equal(status, 200);
  assert.match(text, /is:unread <mark>colour/);
});
