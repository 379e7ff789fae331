import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEvents } from './events-load.ts';

/** The long form is `npm run soak:events`. */
test('four processes tell every change of both sides once and in order, also to readers that are cut off', async (t) => {
  const report = await loadEvents({ changes: 100, lanes: 4, disconnects: 20 });
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual(report.impossible, []);
  assert.deepEqual(report.feedFaults, []);
  assert.deepEqual(report.readerFaults, []);
  assert.deepEqual(report.differences, []);
  assert.ok(report.events > 20 && report.reads > 10 && report.byUs > report.refused, JSON.stringify(report));
});
