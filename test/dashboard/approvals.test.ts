import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
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
    asAgent,
    read: async (path: string) => (await dashboard.send('GET', `${session.path}${path}`, { cookie })).text,
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
  assert.match(await read('/'), /1 message waits for your approval/);
  const shown = await read(`/outbox/${outboxId}`);
  for (const part of [
    'ann@example.net',
    'First mail to ann@example.net',
    'Hello &lt;/pre&gt;&lt;b&gt;x',
    'token agent',
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
  assert.match(list, /modify_messages.*1 id · addLabelIds STARRED · removeLabelIds UNREAD.*agent over mcp/s);
  assert.match(await read('/audit?token=other'), /Nothing was changed that fits/);
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
