import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { homeWebhooks } from '../../src/store/webhooks/home-webhooks.ts';
import { listTokens } from '../../src/safety/tokens/token-store.ts';
import { seedWebhook } from '../safety/seed-webhook.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signIn, startDashboard } from './dashboard-server.ts';

const account = 'demo@gmail-llm.example';

async function start(t: TestContext) {
  const home = temporaryFolder(t);
  const dashboard = await startDashboard(t, { GMAIL_HOME: home });
  // The demo mailbox is made when it is first opened.
  await dashboard.assembly.services.accounts.open(account);
  const session = await signIn(dashboard);
  const { cookie } = session;
  return {
    home,
    dataFolder: join(home, 'data'),
    writePolicy: (text: string) => writeFileSync(join(home, 'policy.json'), text),
    read: async (path: string) => (await dashboard.send('GET', `${session.path}${path}`, { cookie })).text,
    act: (path: string, form: Readonly<Record<string, string>> = {}) =>
      dashboard.send('POST', `${session.path}${path}`, { ...dashboard.own, cookie }, { ...form, form: session.form }),
  };
}

test('the policy page shows what holds, the field of each fault, and what would be decided', async (t) => {
  const { writePolicy, read } = await start(t);
  assert.match(await read('/policy'), /the defaults hold/);
  writePolicy(JSON.stringify({ sending: 'confirm', recipients: { deny: ['@evil.example'] }, limits: { perDay: 7 } }));
  const rules = await read('/policy');
  assert.match(rules, /What holds for demo@gmail-llm\.example.*waits for you.*@evil\.example.*7 in a day/s);
  assert.match(await read(`/policy?account=${account}&to=ann@example.org`), /It would wait until you approve it/);
  assert.match(await read(`/policy?account=${account}&to=x@evil.example`), /It would be refused.*evil\.example/s);
  assert.match(await read(`/policy?account=${account}&to=%3Cscript%3E`), /&lt;script&gt;/);
  writePolicy('{"sending": "maybe", "limits": {"perDay": "many"}}');
  const faults = await read('/policy');
  assert.match(faults, /nothing is sent.*limits\.perDay.*sending|nothing is sent.*sending.*limits\.perDay/s);
});

test('a token is shown once, with its grants and expiry, and is worthless once it is revoked', async (t) => {
  const { dataFolder, read, act } = await start(t);
  const form = { name: 'helper', grants: 'read', accounts: account, expires: '30d' };
  assert.equal((await act('/tokens/create', { ...form, toolsets: 'everything' })).status, 400, 'never a wider token');
  const made = await act('/tokens/create', { ...form, toolsets: 'labels' });
  assert.equal(made.status, 303);
  const shown = await read('/tokens');
  assert.match(shown, /The MCP server does not list labels yet.*GMAIL_MCP_TOOLSETS core,labels/);
  const [, token = ''] = /shown only now: (gml_[\w-]+)/.exec(shown) ?? [];
  assert.match(token, /^gml_/);
  assert.ok(!(await read('/tokens')).includes(token), 'a second look does not show it');
  assert.match(shown, /helper.*read.*demo@gmail-llm\.example.*never/s);
  assert.deepEqual(
    listTokens(dataFolder).map(({ name, grants, toolsets }) => [name, grants, toolsets]),
    [['helper', ['read'], ['labels']]],
  );
  assert.equal((await act('/tokens/create', { name: '<b>', grants: 'read' })).status, 400);
  assert.equal((await act('/tokens/revoke', { name: 'helper' })).status, 303);
  assert.deepEqual(listTokens(dataFolder), []);
  assert.match(await read('/audit'), /revoke_token.*create_token/s);
});

test('a webhook that fails is shown as failing, with its deliveries, and one is sent again by its button', async (t) => {
  const { dataFolder, read, act } = await start(t);
  const { id, delivery } = await seedWebhook(dataFolder, 'wh_one', 'https://example.org/<hook>');
  const { store, close } = homeWebhooks(dataFolder);
  t.after(close);
  const record = { deliveryId: delivery, webhookId: id, atMs: Date.now(), nextMs: Date.now() + 60_000 };
  await store().record({ ...record, state: 'failed', status: 500, failure: 'the receiver answered HTTP 500' });
  assert.match(await read('/events'), /example\.org\/&lt;hook&gt;.*failing/s);
  assert.match(await read('/'), /The webhook https:.*takes nothing since/);
  const page = await read(`/events/${id}`);
  assert.match(page, /messageAdded 1.*given up.*the receiver answered HTTP 500/s);
  assert.ok(!page.includes('whsec_'), 'never its secret');
  assert.equal((await act('/deliveries/resend', { id: delivery })).status, 303);
  assert.equal((await store().deliveries(id, 1))[0]?.state, 'pending');
  assert.equal((await act(`/events/${id}/off`)).status, 303);
  assert.match(await read(`/events/${id}`), /turned off by its owner/);
  assert.equal((await act(`/events/${id}/on`)).status, 303);
  assert.equal((await act(`/events/${id}/remove`)).status, 303);
  assert.match(await read('/events'), /No webhook yet/);
});

test('a webhook is made only for an address that policy allows, and tried', async (t) => {
  const { writePolicy, read, act } = await start(t);
  const asked: string[] = [];
  const receiver = createServer((request, response) => {
    asked.push(String(request.headers['webhook-id']));
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => receiver.close());
  const address = receiver.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `http://127.0.0.1:${address.port}/mail`;
  assert.equal((await act('/events/create', { url })).status, 403);
  writePolicy(JSON.stringify({ egress: { allow: [`http://127.0.0.1:${address.port}`] } }));
  const made = await act('/events/create', { url, kinds: 'messageAdded' });
  assert.equal(made.status, 303, made.text);
  const path = (made.headers.location ?? '').replace(/^\/s\/[^/]+/, '');
  assert.match(await read(path), /shown only now: whsec_/);
  assert.equal((await act(`${path}/test`)).status, 303);
  assert.match(await read(path), /Delivered: HTTP 204/);
  assert.equal(asked.length, 1);
});
