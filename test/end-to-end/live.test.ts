import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLive, patienceMs } from './live-load.ts';

/** The long form is `node test/end-to-end/live-load.ts --seconds 120 [--faults]`. */
const load = { seconds: 8, tokenSeconds: 5, unitsPerMinute: 20_000, callers: 4 };

test('four processes share one account without a refused request, and renew its token once each time', async () => {
  const { right, wrong, errors, slowestMs, tookSeconds, counters } = await loadLive({ ...load, hasFaults: false });
  assert.deepEqual(wrong, []);
  assert.deepEqual(errors, {});
  assert.ok(right > 50, String(right));
  assert.ok(slowestMs < patienceMs, String(slowestMs));
  assert.deepEqual(Object.keys(counters.answersByStatus), ['200']);
  assert.ok(counters.mostUnitsInAMinute <= load.unitsPerMinute);
  // One token for every process, and a new one shortly before each expiry.
  const expiries = Math.ceil((tookSeconds + 5) / (load.tokenSeconds - 2));
  assert.ok(counters.refreshes >= 1 && counters.refreshes <= expiries, `${counters.refreshes} in ${tookSeconds} s`);
});

test('with every kind of fault a read is right or a clear error, within the patience of its caller', async () => {
  const { right, wrong, errors, slowestMs } = await loadLive({ ...load, tokenSeconds: 60, hasFaults: true });
  assert.deepEqual(wrong, []);
  assert.ok(right > 10, String(right));
  assert.ok(slowestMs < patienceMs, String(slowestMs));
  for (const code of Object.keys(errors)) {
    assert.match(code, /^(?:RATE_LIMITED|UNAVAILABLE|REAUTH_REQUIRED)$/);
  }
});
