import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signIn, startDashboard } from './dashboard-server.ts';

const line = (fields: object): string => `${JSON.stringify({ level: 'info', pid: 1, ...fields })}\n`;
const at = (secondsAgo: number): string => new Date(Date.now() - secondsAgo * 1000).toISOString();

test('logs of all programs are merged, filtered and shown as text; calls are read from them', async (t) => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'logs'));
  writeFileSync(
    join(home, 'logs', 'gmail-api-server.log'),
    line({
      time: at(50),
      message: 'call',
      operation: 'search_messages',
      code: 'OK',
      ms: 12.3,
      transport: 'rest',
      tokenName: 'agent',
      requestId: 'req-1',
    }) +
      line({
        time: at(40),
        message: 'call',
        operation: 'read_message',
        code: 'NOT_FOUND',
        ms: 4,
        transport: 'rest',
        requestId: 'req-2',
      }) +
      '    at stack (file.ts:1)\n{"time":"cut off',
  );
  writeFileSync(
    join(home, 'logs', 'gmail-mcp-server.log'),
    line({ time: at(45), level: 'warn', message: '<script>alert(1)</script>', requestId: 'req-1' }),
  );
  const dashboard = await startDashboard(t, { GMAIL_HOME: home });
  const { path, cookie } = await signIn(dashboard);
  const read = async (about: string) => (await dashboard.send('GET', `${path}${about}`, { cookie })).text;

  const calls = await read('/calls');
  assert.match(calls, /search_messages.*12 ms/s);
  assert.match(calls, /NOT_FOUND/);
  assert.match(calls, /agent over rest/);
  assert.match(calls, /<rect\s+class="bad"/, 'a failed call is marked in the plot');

  const all = await read('/logs');
  assert.match(all, /read_message.*&lt;script&gt;.*search_messages/s, 'the newest first, of both programs');
  assert.ok(all.includes('at stack (file.ts:1)') && all.includes('{&quot;time&quot;:&quot;cut off'));
  assert.ok(!all.includes('<script>alert'));
  const warnings = await read('/logs?level=warn&program=gmail-mcp-server');
  assert.ok(warnings.includes('&lt;script&gt;') && !warnings.includes('read_message'));
  const request = await read('/logs?request=req-1');
  assert.ok(
    request.includes('search_messages') && request.includes('&lt;script&gt;') && !request.includes('read_message'),
  );
  assert.match(await read('/logs?text=nowhere'), /No line of the newest fits/);
  assert.doesNotMatch(await read('/logs?paused=1'), /data-live="logs"/);
});

test('settings show each variable with its origin and no secret', async (t) => {
  const home = temporaryFolder(t);
  writeFileSync(join(home, 'settings'), 'GMAIL_CLIENT_SECRET=very-secret\nGMAIL_CONCURRENCY=5\n', { mode: 0o600 });
  const dashboard = await startDashboard(t, { GMAIL_HOME: home });
  const { path, cookie } = await signIn(dashboard);
  const { text } = await dashboard.send('GET', `${path}/settings`, { cookie });
  assert.ok(!text.includes('very-secret'));
  assert.match(text, /GMAIL_CONCURRENCY.*?5.*?settings file/s);
  assert.match(text, /GMAIL_CLIENT_SECRET.*?\(set, not shown\)/s);
});

test('a job is made due by its button', async (t) => {
  const dashboard = await startDashboard(t);
  const jobs = dashboard.assembly.services.jobs.store();
  const session = await signIn(dashboard);
  const { path, cookie, form } = session;
  assert.match((await dashboard.send('GET', `${path}/jobs`, { cookie })).text, /No job has run yet/);
  const due = await dashboard.send('POST', `${path}/jobs/run`, { ...dashboard.own, cookie }, { form, name: 'outbox' });
  const known = (await jobs.list()).some(({ name }) => name === 'outbox');
  assert.equal(due.status, known ? 303 : 404);
});
