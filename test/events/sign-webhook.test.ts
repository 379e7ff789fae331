import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpResponse } from '../../src/core/egress/http-client.ts';
import { HttpFailure } from '../../src/core/egress/http-failure.ts';
import { judgeDelivery, mostAttempts, pauseMs } from '../../src/events/judge-delivery.ts';
import { makeSecret, overlapMs, rotateSecrets, signedHeaders } from '../../src/events/sign-webhook.ts';

test('a delivery is signed as the example of Standard Webhooks is', () => {
  // From the reference implementation's README.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const delivery = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', nowMs: 1_614_265_330_999 };
  assert.deepEqual(signedHeaders(delivery, [{ secret }]), {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a secret is 32 random bytes, and one that is replaced signs beside the new one for a day', () => {
  assert.match(makeSecret(), /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(makeSecret(), makeSecret());
  const secrets = rotateSecrets(rotateSecrets([{ secret: 'whsec_YQ==' }], 'whsec_Yg==', 1000), 'whsec_Yw==', 2000);
  assert.deepEqual(secrets, [{ secret: 'whsec_Yw==' }, { secret: 'whsec_Yg==', untilMs: 2000 + overlapMs }]);
  const count = (nowMs: number) =>
    signedHeaders({ id: 'msg_1', body: '', nowMs }, secrets)['webhook-signature'].split(' ').length;
  assert.deepEqual([count(2000), count(2000 + overlapMs - 1), count(2000 + overlapMs)], [2, 2, 1]);
});

test('the pauses are 5 s, 1 m, 5 m, 30 m, then hourly, each up to a tenth longer', () => {
  const seconds = [1, 2, 3, 4, 5, 9].map((failures) => pauseMs(failures, () => 0) / 1000);
  assert.deepEqual(seconds, [5, 60, 300, 1800, 3600, 3600]);
  assert.equal(
    pauseMs(2, () => 1),
    66_000,
  );
});

test('what the receiver answers decides what becomes of a delivery', () => {
  const at = { random: () => 0, nowMs: 0 };
  const judge = (status: number, attempts = 1, headers = {}) =>
    judgeDelivery({ status, headers, body: new Uint8Array() } satisfies HttpResponse, attempts, at);
  assert.deepEqual(judge(200), { kind: 'delivered', status: 200 });
  assert.deepEqual(judge(204), { kind: 'delivered', status: 204 });
  assert.deepEqual(judge(302), { kind: 'again', status: 302, waitMs: 5000, failure: 'the receiver answered HTTP 302' });
  assert.deepEqual(judge(500, mostAttempts - 1), {
    kind: 'again',
    status: 500,
    waitMs: 3_600_000,
    failure: 'the receiver answered HTTP 500',
  });
  assert.deepEqual(judge(500, mostAttempts), {
    kind: 'failed',
    status: 500,
    failure: 'the receiver answered HTTP 500',
  });
  assert.equal(judge(410).kind, 'gone');
  const wait = (retryAfter: string) => {
    const verdict = judge(429, 1, { 'retry-after': retryAfter });
    return verdict.kind === 'again' ? verdict.waitMs : undefined;
  };
  assert.deepEqual([wait('120'), wait('1'), wait('7200'), wait('soon')], [120_000, 5000, 7_200_000, 5000]);
  assert.deepEqual([wait('Thu, 01 Jan 1970 02:00:00 GMT'), wait('Thu, 01 Jan 1970 00:00:00 GMT')], [7_200_000, 5000]);
  // Of a clock that is wrong.
  for (const late of ['999999', '99999999999', 'Fri, 31 Dec 9999 23:59:59 GMT']) assert.equal(wait(late), 86_400_000);
  const lost = new HttpFailure('timeout', { mayBeDone: true, wasKept: false }, new Error('x'));
  assert.deepEqual(judgeDelivery(lost, 1, at), {
    kind: 'again',
    waitMs: 5000,
    failure: 'there was no whole answer in time',
  });
});
