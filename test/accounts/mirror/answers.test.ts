import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { prometheusText } from '../../../src/core/telemetry/prometheus-text.ts';
import { ownerToken } from '../../../src/safety/tokens/owner-token.ts';
import { backlogFamilies, syncFamilies } from '../../../src/server/sync-families.ts';
import { jsonHeaders, modernToolCall, post } from '../../mcp/raw-http.ts';
import { startMcpServer } from '../../support/mcp-server.ts';
import { startRestServer } from '../../support/rest-server.ts';
import { startMirrorHome } from './mirror-home.ts';

const isoTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

suite('answers about a mirrored account', () => {
  test('say over REST that they come from the mirror, and as of when', async (t) => {
    const home = await startMirrorHome(t);
    const [id = ''] = await home.deliver(1, 5);
    await (await home.startProcess()).run('gmail-mirror');
    const { call, url, token } = await startRestServer(t, home.environment);
    const listed = await call('GET', '/api/messages?q=word3');
    assert.equal(listed.status, 200);
    assert.deepEqual(Object.keys(listed.json).toSorted(), ['asOf', 'messages', 'source', 'total']);
    assert.equal(listed.json.source, 'mirror');
    assert.match(String(listed.json.asOf), isoTime);
    assert.equal(listed.headers.get('x-source'), 'mirror');
    const { json } = await call('GET', '/api/messages?q=in:trash');
    assert.deepEqual([json.source, json.asOf], ['google', undefined]);

    const raw = await fetch(`${url}/api/messages/${id}/raw`, { headers: { authorization: `Bearer ${token}` } });
    await raw.body?.cancel();
    assert.equal(raw.headers.get('x-source'), 'mirror');
    assert.match(raw.headers.get('x-as-of') ?? '', isoTime);
  });

  test('are compared with Google first where they have to be fresh, and unchanged ones are 304', async (t) => {
    const home = await startMirrorHome(t);
    const [id = ''] = await home.deliver(1, 5);
    await (await home.startProcess()).run('gmail-mirror');
    const { call, url, token } = await startRestServer(t, home.environment);
    const first = await call('GET', `/api/messages/${id}`);
    assert.match(first.headers.get('etag') ?? '', /^W\//);
    home.calls('');
    const ask = (headers: Readonly<Record<string, string>>) =>
      fetch(`${url}/api/messages/${id}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    const fresh = await ask({ 'cache-control': 'no-cache' });
    assert.equal(home.calls('history.list'), 1);
    const body: unknown = await fresh.json();
    assert.ok(String(Object(body).asOf) > String(first.json.asOf), JSON.stringify(body));
    const unchanged = await ask({ 'if-none-match': first.headers.get('etag') ?? '' });
    assert.equal(unchanged.status, 304);
    assert.match(unchanged.headers.get('x-as-of') ?? '', isoTime);
  });

  test('are said to be how old in the profile, in health and in figures', async (t) => {
    const home = await startMirrorHome(t);
    await home.deliver(1, 3);
    const { run } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const { call } = await startRestServer(t, home.environment);
    const profile = await call('GET', '/api/profile');
    const sync = Object(profile.json.sync);
    assert.deepEqual([sync.account, sync.mirror.phase, sync.mirror.messages], ['me@example.org', 'complete', 3]);
    assert.match(sync.followedAt, isoTime);
    assert.equal(typeof sync.lagSeconds, 'number');
    const health = await call('GET', '/health/ready');
    assert.deepEqual([health.json.status, Object(health.json.sync)[0].account], ['ready', 'me@example.org']);
    const statuses = [
      { ...sync, failingSince: sync.followedAt },
      { ...sync, lagSeconds: 7200 },
    ];
    const text = prometheusText([
      ...syncFamilies(statuses, Date.now()),
      ...backlogFamilies([{ id: 'wh_1', isOn: false, pending: 2, cursor: 5 }], 8),
    ]);
    assert.match(text, /^gmail_llm_sync_lag_seconds 7200$/m);
    assert.match(text, /^gmail_llm_sync_failing_accounts 1$/m);
    assert.match(text, /^gmail_llm_mirror_missing_messages 0$/m);
    assert.match(text, /^gmail_llm_webhook_backlog\{webhook="wh_1"\} 5$/m);
    assert.match(text, /^gmail_llm_webhook_on\{webhook="wh_1"\} 0$/m);
  });

  test('say so to a model, behind what others wrote', async (t) => {
    const home = await startMirrorHome(t);
    await home.deliver(1, 3);
    await (await home.startProcess()).run('gmail-mirror');
    const { url } = await startMcpServer(t, home.home, home.environment);
    const { message, headers } = modernToolCall('search_messages', { q: 'word2' }, { id: 1 });
    const response = await post(url.href, message, { ...jsonHeaders(ownerToken(home.home.dataFolder)), ...headers });
    const text = await response.text();
    assert.match(text, /end(?:\\n[^"]*)*\\nSource: mirror, as of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\."/);
  });
});
