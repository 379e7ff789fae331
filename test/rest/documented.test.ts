import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { seedOutbox } from '../safety/seed-outbox.ts';
import { startRestServer } from '../support/rest-server.ts';

// Every call of these holds its answer against the API's document.

test('a send that is tried again, and waits for a person, says where to look for it', async (t) => {
  const { home, call } = await startRestServer(t);
  writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
  const { failed } = await seedOutbox(join(home, 'data'), { account: 'demo@gmail-llm.example', to: 'ann@example.org' });
  const entry = `/api/admin/outbox/${failed}`;
  const { status, headers } = await call('POST', `${entry}/retry`, {});
  assert.deepEqual([status, headers.get('location')], [202, entry]);
  assert.equal((await call('GET', entry)).json.state, 'parked');
});

test('a read that fails by what it finds has a status of the document', async (t) => {
  const { home, call } = await startRestServer(t);
  assert.equal((await call('POST', '/api/labels', { name: 'One' })).status, 201);
  const database = new DatabaseSync(join(home, 'data', 'audit.db'));
  database.exec("DROP TRIGGER entry_is_final; UPDATE entry SET operation = 'other'");
  database.close();
  assert.equal((await call('GET', '/api/admin/audit/verify')).status, 409);
});
