import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soakOutbox } from './outbox-soak.ts';

test('sends each of 60 messages once, or says truly that it did not, under faults and kills of both processes', async (t) => {
  const result = await soakOutbox(t, { sends: 60, killMs: 1200, seed: 7, say: () => {} });
  assert.deepEqual(result.untrue, []);
  assert.deepEqual(result.auditFaults, []);
  assert.equal(result.sentTwice, 0);
  assert.equal(result.sent + (result.settled.failed ?? 0), 60);
  assert.ok(result.faults > 0 && result.kills > 0);
});
