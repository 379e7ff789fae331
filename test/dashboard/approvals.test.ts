import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { seededEntry } from '../safety/seed-outbox.ts';
import { agentOf } from './agent.ts';
import { signIn, startDashboard } from './dashboard-server.ts';

/** A dashboard whose policy wants a person, and what an agent and its owner do with it. */
async function startWorld(t: TestContext) {
  const home = temporaryFolder(t);
  const dashboard = await startDashboard(t, { GMAIL_HOME: home });
  writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
  const asAgent = agentOf(dashboard);
  const session = await signIn(dashboard);
  const { cookie } = session;
  return {
    dashboard,
    home,
    asAgent,
    get: (path: string) => dashboard.send('GET', `${session.path}${path}`, { cookie }),
    read: async (path: string, headers = {}, method = 'GET') =>
      (await dashboard.send(method, `${session.path}${path}`, { ...headers, cookie })).text,
    act: (path: string, form: Readonly<Record<string, string>> = {}) =>
      dashboard.send('POST', `${session.path}${path}`, { ...dashboard.own, cookie }, { ...form, form: session.form }),
    sent: async () => {
      const { messages } = (await asAgent('search_messages', { q: 'in:sent subject:figures' })) as unknown as {
        messages: readonly unknown[];
      };
      return messages.length;
    },
  };
}

const mail = { to: ['ann@example.net'], subject: 'figures <script>alert(1)</script>', body: 'Hello </pre><b>x' };
const hashIn = (text: string) => /name="contentHash"[^>]*value="([0-9a-f]+)"/.exec(text)?.[1] ?? '';

test('a message is shown whole and as text, and sent exactly as it was shown, once', async (t) => {
  const { asAgent, read, act, sent } = await startWorld(t);
  const { outboxId = '', contentHash } = await asAgent('send_message', mail);
  const list = await read('/approvals');
  assert.ok(list.includes('figures &lt;script&gt;alert(1)&lt;/script&gt;'));
  assert.ok(!list.includes('<script>alert'));
  assert.match(
    list,
    /ann@example\.net <span class="state warn"><span>new<.*Hello.*calls itself.*forgotten, unsent, on/s,
  );
  assert.match(await read('/'), /1 message waits for your approval/);
  const shown = await read(`/outbox/${outboxId}`);
  assert.match(shown, /If nobody does, it is forgotten, unsent, on/);
  assert.match(await read(`/outbox/${outboxId}?as=source`), /Subject: figures.*Content-Type: text\/plain/s);
  for (const part of [
    'ann@example.net',
    'First mail to ann@example.net',
    'Hello &lt;/pre&gt;&lt;b&gt;x',
    'token agent',
    'by a client that calls itself “assistant &lt;b&gt;1&#39;, approved by &#39;you”',
  ]) {
    assert.ok(shown.includes(part), part);
  }
  assert.equal(hashIn(shown), contentHash);

  const changed = await act(`/outbox/${outboxId}/approve`, { contentHash: 'f'.repeat(64) });
  assert.equal(changed.status, 409, 'what was not seen is not sent');
  assert.equal(await sent(), 0);
  const both = await Promise.all([1, 2].map(() => act(`/outbox/${outboxId}/approve`, { contentHash: hashIn(shown) })));
  assert.ok(both.some(({ status }) => status === 303));
  assert.equal(await sent(), 1, 'two approvals at once send once');
  assert.match(await read('/approvals'), /Nothing waits/);
  assert.match(
    await read(`/outbox/${outboxId}`),
    /What happened.*Asked for.*send_message.*agent over mcp.*Attempt to send.*done.*you, on this page/s,
  );
});

test('the outbox pages through what is over, and says when a message in its grace time leaves', async (t) => {
  const { dashboard, home, asAgent, read, act } = await startWorld(t);
  const store = dashboard.assembly.services.safety.outboxStore();
  const about = { account: 'demo@gmail-llm.example', to: 'ann@example.net', subject: 'seeded' };
  for (let index = 0; index < 103; index++) {
    const entry = seededEntry(about, 'parked');
    await store.add(entry);
    await store.move(entry.id, 'reject');
  }
  const first = await read('/outbox?state=rejected');
  assert.match(first, /rejected <small>103<\/small>/);
  assert.equal(first.match(/>seeded</g)?.length, 100);
  const [, before = ''] = /state=rejected&amp;before=(\w+)"/.exec(first) ?? [];
  const second = await read(`/outbox?state=rejected&before=${before}`);
  assert.equal(second.match(/>seeded</g)?.length, 3);
  assert.doesNotMatch(second, /Older messages/);

  writeFileSync(join(home, 'policy.json'), '{"graceSeconds": 3600}');
  const { outboxId = '' } = await asAgent('send_message', mail);
  assert.match(await read('/outbox'), /scheduled for.*<time/s);
  assert.match(await read(`/outbox/${outboxId}`), /in its grace time: it is sent at.*Take it back.*Next attempt/s);
  assert.equal((await act(`/outbox/${outboxId}/cancel`)).status, 303);
  assert.match(await read(`/outbox/${outboxId}`), /cancelled.*It is over\. This record is kept until.*Taken back/s);
});

test('a message is rejected with a reason that its sender is told', async (t) => {
  const { asAgent, read, act, sent } = await startWorld(t);
  const { outboxId = '' } = await asAgent('send_message', mail);
  assert.equal((await act(`/outbox/${outboxId}/reject`, { reason: 'Not before Monday' })).status, 303);
  assert.match(await read(`/outbox/${outboxId}`), /rejected.*Not before Monday/s);
  assert.equal(await sent(), 0);
  assert.equal((await act(`/outbox/${outboxId}/approve`, { contentHash: 'f'.repeat(64) })).status, 409);
});

test("an agent's change is shown with before and after, and taken back once", async (t) => {
  const { asAgent, read, act } = await startWorld(t);
  const { messages } = (await asAgent('search_messages', { q: 'is:unread', maxResults: 1 })) as unknown as {
    messages: readonly { readonly id: string }[];
  };
  const id = messages[0]?.id ?? '';
  await asAgent('modify_messages', { ids: [id], removeLabelIds: ['UNREAD'], addLabelIds: ['STARRED'] });
  const list = await read('/audit?token=agent');
  assert.match(list, /Add STARRED and remove UNREAD on 1 message<.*modify_messages.*agent over mcp/s);
  assert.match(await read('/audit?token=other'), /Nothing was changed that fits/);
  assert.match(await read('/audit?request=r-1'), /modify_messages/);
  assert.match(await read('/audit?request=r-2'), /Nothing was changed that fits/);
  assert.match(await read('/logs?request=r-1'), /\/audit\?request=r-1">What this request changed/);
  const sequence = /\/audit\/(\d+)"/.exec(list)?.[1] ?? '';
  assert.match(await read(`/audit/${sequence}`), /Take this change back/);
  const account = 'demo@gmail-llm.example';
  assert.equal((await act(`/audit/${sequence}/undo`, { account })).status, 303);
  const after = (await asAgent('read_message', { id })) as unknown as { labelIds: readonly string[] };
  assert.ok(after.labelIds.includes('UNREAD') && !after.labelIds.includes('STARRED'));
  assert.equal((await act(`/audit/${sequence}/undo`, { account })).status, 404, 'a second time there is nothing');
  assert.match(await read(`/audit/${sequence}`), /cannot be taken back/);
  assert.match(await read('/audit'), /you, on this page/);
  assert.match(await read('/audit/verify'), /The chain is whole: \d+ entries/);
});

test('a message is changed before it is sent; an edit between opening and approving is refused', async (t) => {
  const { asAgent, read, act, sent } = await startWorld(t);
  const file = { filename: 'plan.txt', mimeType: 'text/plain', contentBase64: Buffer.from('plan').toString('base64') };
  const { outboxId = '' } = await asAgent('send_message', { ...mail, body: '**Hello**', attachments: [file] });
  const path = `/outbox/${outboxId}`;
  const before = hashIn(await read(path));
  const form = {
    contentHash: before,
    to: 'bob@example.net',
    cc: '',
    bcc: '',
    subject: 'figures of May',
    body: 'Dear Bob\r\n',
  };
  assert.equal((await act(`${path}/edit`, { ...form, contentHash: 'f'.repeat(64) })).status, 409);
  assert.equal((await act(`${path}/edit`, { ...form, to: 'nobody' })).status, 400);
  assert.equal((await act(`${path}/edit`, { ...form, to: '' })).status, 400, 'a message goes to somebody');
  assert.equal((await act(`${path}/edit`, form)).status, 303);
  assert.equal((await act(`${path}/approve`, { contentHash: before })).status, 409, 'what was seen is not it any more');
  assert.equal(
    (await act(`${path}/edit`, { ...form, subject: 'again' })).status,
    409,
    'nor is it changed by who has not seen it',
  );
  assert.equal(await sent(), 0);
  const shown = await read(path);
  assert.notEqual(hashIn(shown), before);
  for (const part of ['bob@example.net', 'First mail to bob@example.net', 'Dear Bob', 'figures of May', 'plan.txt']) {
    assert.ok(shown.includes(part), part);
  }
  assert.ok(!shown.includes('ann@example.net'));
  assert.equal((await act(`${path}/approve`, { contentHash: hashIn(shown) })).status, 303);
  const { messages } = (await asAgent('search_messages', { q: 'in:sent subject:figures' })) as unknown as {
    messages: readonly { readonly id: string }[];
  };
  assert.equal(messages.length, 1);
  const left = await asAgent('read_message', { id: messages[0]?.id });
  assert.match(String(left.text), /^Dear Bob\s*$/);
  assert.equal(left.to, 'bob@example.net');
  assert.match(JSON.stringify(left.attachments), /plan\.txt/);
  assert.match(await read('/audit'), /edit_send/);
});

test('what an agent could hide is shown: a text behind empty lines, Bcc, files, look-alikes, another conversation', async (t) => {
  const { asAgent, read, get } = await startWorld(t);
  const { messages } = (await asAgent('search_messages', { q: 'from:nordlicht', maxResults: 1 })) as unknown as {
    messages: readonly { readonly id: string; readonly subject: string }[];
  };
  const [answered] = messages;
  const html = Buffer.from('<script>alert(document.domain)</script>').toString('base64');
  const { outboxId = '' } = await asAgent('send_message', {
    replyTo: answered?.id,
    to: [...Array.from({ length: 30 }, (_, index) => `person-${index}@example.net`), 'me@gmail-1lm.example'],
    bcc: ['eve@example.net'],
    body: `Thanks!${'\n\n'.repeat(200)}Pay 4,000 to the new account.`,
    format: 'text',
    attachments: [{ filename: 'invoice.pdf.html', mimeType: 'text/html', contentBase64: html }],
  });
  const shown = await read(`/outbox/${outboxId}`);
  assert.match(shown, /Thanks!\n{1,3}Pay 4,000/, 'not a screen below it');
  assert.match(shown, /me@gmail-1lm\.example <span class="state bad"><span>look-alike/);
  assert.match(shown, /A file whose name shows two kinds: invoice\.pdf\.html/);
  assert.match(shown, /eve@example\.net.*The others do not see these/s);
  assert.match(shown, new RegExp(`Conversation<.*${answered?.subject}.*1 message, the newest from`, 's'));
  assert.ok(shown.indexOf('Pay 4,000') < shown.indexOf('Send this message'), 'it is decided below what is read');
  assert.match(await read('/approvals'), /Thanks! Pay 4,000 to the new account/);

  const path = `/outbox/${outboxId}`;
  assert.match(await read(`${path}?as=layout`), /<iframe class="\w+" sandbox [^>]*src="[^"]*\/frame"/);
  const frame = await get(`${path}/frame`);
  assert.match(String(frame.headers['content-security-policy']), /^sandbox; default-src 'none'/);
  assert.match(frame.text, /Pay 4,000/);
  const file = await get(`${path}/attachments/1`);
  assert.equal(file.headers['content-type'], 'application/octet-stream');
  assert.match(String(file.headers['content-disposition']), /^attachment;.*invoice\.pdf\.html/);
  assert.equal((await get(`${path}/attachments/2`)).status, 404);
});

test('several are sent together, each once, and none that was not opened as it is now', async (t) => {
  const { asAgent, read, act, sent } = await startWorld(t);
  const ids: string[] = [];
  for (const number of [1, 2, 3]) {
    const { outboxId = '' } = await asAgent('send_message', { ...mail, subject: `figures ${number}` });
    ids.push(outboxId);
  }
  const [one = '', two = '', three = ''] = ids;
  assert.doesNotMatch(await read('/approvals'), /type="checkbox"/, 'none can be chosen unread');
  for (const headers of [{ 'x-live': '1' }, { 'sec-purpose': 'prefetch' }]) await read(`/outbox/${three}`, headers);
  await read(`/outbox/${three}`, {}, 'HEAD');
  await read(`/outbox/${three}?as=source`);
  assert.doesNotMatch(await read('/approvals'), /type="checkbox"/, 'nobody has seen its text');
  const hashes = new Map<string, string>();
  for (const id of [one, two]) hashes.set(id, hashIn(await read(`/outbox/${id}`)));
  const list = await read('/approvals');
  assert.equal(list.match(/type="checkbox"/g)?.length, 2);
  const choose = (id: string) => `${id} ${hashes.get(id) ?? ''}`;
  assert.equal((await act('/approvals/send', { message: `${three} ${'f'.repeat(64)}` })).status, 303);
  assert.match(await read('/approvals'), /0 messages approved\. Not sent: \w+ was not opened/);
  assert.equal(await sent(), 0);
  const both = await Promise.all([
    act('/approvals/send', { message: choose(one) }),
    act('/approvals/send', { message: choose(one) }),
  ]);
  assert.deepEqual(
    both.map(({ status }) => status),
    [303, 303],
  );
  assert.equal(await sent(), 1, 'two at once send once');
  assert.equal((await act('/approvals/send', { message: choose(two) })).status, 303);
  assert.equal(await sent(), 2);
});
