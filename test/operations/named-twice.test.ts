import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { seedOutbox } from '../safety/seed-outbox.ts';
import { startRestServer } from '../support/rest-server.ts';
import { openTestHome } from './test-home.ts';

test('messages and threads that are named twice count once', async (t) => {
  const home = openTestHome(t);
  const [id = '', other = ''] = await home.deliver([{ subject: 'One' }, { subject: 'Two' }]);
  const { threadId } = await home.json('read_message', { id });
  const ids = [id, other, id];
  const labels = { addLabelIds: ['STARRED', 'starred'], removeLabelIds: ['INBOX', 'Inbox'] };
  assert.deepEqual(await home.json('modify_messages', { ids, ...labels }), { modified: 2 });
  assert.deepEqual(await home.json('trash_messages', { ids }), { modified: 2 });
  assert.deepEqual(await home.json('untrash_messages', { ids }), { modified: 2 });
  const threads = { ids: [threadId, threadId] };
  assert.deepEqual(await home.json('modify_threads', { ...threads, ...labels }), { threads: 1, modified: 1 });
  assert.deepEqual(await home.json('trash_threads', threads), { threads: 1, modified: 1 });
  assert.deepEqual(await home.json('untrash_threads', threads), { threads: 1, modified: 1 });
  assert.deepEqual(await home.json('delete_messages', { ids }), { deleted: 2 });
});

test('lists of the installation that name a thing twice mean it once', async (t) => {
  const { home, call } = await startRestServer(t);
  seedOutbox(join(home, 'data'), { account: 'me@example.org', to: 'ann@example.org' });
  const { json } = await call('GET', '/api/admin/outbox?states=parked&states=parked');
  const ids = (json.entries as { id: string }[]).map(({ id }) => id);
  assert.ok(ids.length > 0);
  assert.equal(ids.length, new Set(ids).size);

  const twice = { grants: ['read', 'read'], toolsets: ['core', 'core'], accounts: ['me@x.org', 'ME@x.org'] };
  assert.equal((await call('POST', '/api/admin/tokens', { name: 'reader', ...twice })).status, 200);
  const { tokens } = (await call('GET', '/api/admin/tokens')).json;
  const { grants, toolsets, accounts } =
    (tokens as Record<string, unknown>[]).find(({ name }) => name === 'reader') ?? {};
  assert.deepEqual({ grants, toolsets, accounts }, { grants: ['read'], toolsets: ['core'], accounts: ['me@x.org'] });
});
