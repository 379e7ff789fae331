import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

const messages = 'gmail/v1/users/me/messages';

async function statuses(emulator: TestEmulator, path: string, count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, async () => (await emulator.call('GET', path)).status));
}

test('units of any minute are limited, and free again a minute after they were spent', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 12 } });
  assert.equal((await emulator.call('GET', messages)).status, 200);
  emulator.clock.advance(40_000);
  assert.equal((await emulator.call('GET', messages)).status, 200);
  const refused = await emulator.call('GET', messages);
  assert.deepEqual(refused.json, {
    error: {
      code: 403,
      message:
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com' for consumer 'project_number:717000000000'.",
      errors: [
        {
          message:
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com' for consumer 'project_number:717000000000'.",
          domain: 'usageLimits',
          reason: 'rateLimitExceeded',
        },
      ],
      status: 'PERMISSION_DENIED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'RATE_LIMIT_EXCEEDED',
          domain: 'googleapis.com',
          metadata: {
            quota_metric: 'gmail.googleapis.com/default',
            quota_limit: 'defaultPerMinutePerUser',
            quota_limit_value: '12',
            quota_location: 'global',
            service: 'gmail.googleapis.com',
            consumer: 'projects/717000000000',
          },
        },
        {
          '@type': 'type.googleapis.com/google.rpc.Help',
          links: [
            {
              description: 'Request a higher quota limit.',
              url: 'https://cloud.google.com/docs/quotas/help/request_increase',
            },
          ],
        },
      ],
    },
  });
  // Two units are left, and the refused call cost none of them.
  assert.deepEqual(await statuses(emulator, 'gmail/v1/users/me/profile', 2), [200, 200]);
  assert.equal((await emulator.call('GET', 'gmail/v1/users/me/profile')).status, 403);
  emulator.clock.advance(20_000);
  assert.equal((await emulator.call('GET', messages)).status, 200);
  const { unitsTotal, mostUnitsInAMinute, answersByStatus } = emulator.counters.read();
  assert.deepEqual(
    { unitsTotal, mostUnitsInAMinute, answersByStatus },
    { unitsTotal: 17, mostUnitsInAMinute: 12, answersByStatus: { 200: 5, 403: 2 } },
  );
});

test('a call over the quota can also be refused with 429, or with the time when to come again', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 5, quotaRefusal: 'resourceExhausted' } });
  const spentMs = emulator.clock.nowMs();
  assert.equal((await emulator.call('GET', messages)).status, 200);
  const exhausted = await emulator.call('GET', messages);
  assert.equal(exhausted.status, 429);
  assert.match(exhausted.text, /"status": "RESOURCE_EXHAUSTED"/);
  emulator.settings.change({ quotaRefusal: 'retryAfter' });
  const later = await emulator.call('GET', messages);
  assert.equal(later.status, 403);
  const [, time = ''] = /"User-rate limit exceeded. {2}Retry after (\S+)"/.exec(later.text) ?? [];
  const waitMs = Date.parse(time) - spentMs;
  assert.ok(waitMs >= 60_000 && waitMs < 65_000, time);
});

test('the quota is counted by the table that is set, and for each user on his own', async (t) => {
  const emulator = await startTestEmulator(t, {
    emailAddresses: ['me@example.org', 'ann@example.org'],
    settings: { unitsPerMinute: 20 },
  });
  const path = `${messages}/1`;
  assert.equal((await emulator.call('GET', path)).status, 404);
  assert.equal((await emulator.call('GET', path)).status, 403);
  const token = emulator.accounts[1]?.accessToken ?? '';
  assert.equal((await emulator.call('GET', path, { token })).status, 404);
  emulator.clock.advance(60_000);
  emulator.settings.change({ unitsTable: 'legacy' });
  assert.deepEqual(await statuses(emulator, path, 4), [404, 404, 404, 404]);
  assert.equal((await emulator.call('GET', path)).status, 403);
});

test('more calls of a user at a time than ten are refused, and cost nothing', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { latencyMs: 300 } });
  const answers = await statuses(emulator, 'gmail/v1/users/me/profile', 13);
  assert.deepEqual(
    answers.toSorted((left, right) => left - right),
    [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 429, 429, 429],
  );
  const { unitsTotal, mostInFlight } = emulator.counters.read();
  assert.deepEqual({ unitsTotal, mostInFlight }, { unitsTotal: 10, mostInFlight: 10 });
  emulator.settings.change({ latencyMs: 0, concurrentCalls: 1 });
  const free = await emulator.call('GET', 'gmail/v1/users/me/profile');
  assert.equal(free.status, 200);
  emulator.settings.change({ latencyMs: 200 });
  const first = emulator.call('GET', 'gmail/v1/users/me/profile');
  const second = emulator.call('GET', 'gmail/v1/users/me/profile');
  const refused = [await first, await second].find(({ status }) => status === 429);
  assert.match(refused?.text ?? '', /"message": "Too many concurrent requests for user"/);
});
