import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadMirror } from './mirror-load.ts';

/** The long form is `npm run soak:mirror`. */
test('servers that are killed while both sides change the account end with a mirror that equals it', async (t) => {
  const report = await loadMirror({ messages: 300, changes: 80, kills: 5, unitsPerMinute: 120_000, hasFaults: true });
  assert.deepEqual(report.differences, []);
  assert.deepEqual(report.impossible, []);
  assert.deepEqual(report.feedFaults, []);
  assert.ok(report.messages > 250 && report.reads > 0, JSON.stringify(report));
  // What was under way when a server was killed, or when a change came to what was being fetched.
  assert.ok(report.fetchedAgain.total <= 5 * 40 + 80, JSON.stringify(report));
  t.diagnostic(JSON.stringify(report));
});
