import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { FaultRule } from '../../src/emulator/control/faults.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

const profile = 'gmail/v1/users/me/profile';
const labels = 'gmail/v1/users/me/labels';

async function createLabel(emulator: TestEmulator, name: string) {
  return emulator.call('POST', labels, { body: { name } });
}

async function labelNames(emulator: TestEmulator): Promise<readonly string[]> {
  return (await emulator.mailbox().listLabels()).filter(({ type }) => type === 'user').map(({ name }) => name);
}

test('a status in place of an answer, as often as it is asked for', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.faults.add({ match: 'gmail.users.labels.create', kind: 'status', status: 503, times: 2 });
  assert.equal((await createLabel(emulator, 'One')).status, 503);
  assert.equal((await createLabel(emulator, 'Two')).status, 503);
  assert.deepEqual(await labelNames(emulator), []);
  assert.equal((await createLabel(emulator, 'Three')).status, 200);
  assert.equal(emulator.faults.list()[0]?.hits, 2);
});

const shared = startTestEmulator({ after });

for (const [rule, message, reason, status] of [
  [{ status: 401 }, /^Request had invalid authentication credentials/, 'authError', 'UNAUTHENTICATED'],
  [{ status: 403 }, /^Quota exceeded for quota metric 'Queries'/, 'rateLimitExceeded', 'PERMISSION_DENIED'],
  [{ status: 403, reason: 'dailyLimitExceeded' }, /^Daily Limit Exceeded$/, 'dailyLimitExceeded', 'PERMISSION_DENIED'],
  [{ status: 403, reason: 'domainPolicy' }, /^The domain administrators/, 'domainPolicy', 'PERMISSION_DENIED'],
  [
    { status: 429 },
    /^Resource has been exhausted \(e\.g\. check quota\)\.$/,
    'rateLimitExceeded',
    'RESOURCE_EXHAUSTED',
  ],
  [{ status: 404 }, /^Requested entity was not found\.$/, 'notFound', 'NOT_FOUND'],
  [{ status: 400 }, /^Precondition check failed\.$/, 'failedPrecondition', 'INVALID_ARGUMENT'],
  [{ status: 500 }, /^Backend Error$/, 'backendError', 'INTERNAL'],
  [{ status: 503, message: 'Gone fishing' }, /^Gone fishing$/, 'backendError', 'UNAVAILABLE'],
] as const) {
  test(`${JSON.stringify(rule)} has the words of Gmail`, async () => {
    const emulator = await shared;
    emulator.faults.add({ match: '*', kind: 'status', times: 1, ...rule });
    const answer = await emulator.call('GET', profile);
    assert.equal(answer.status, rule.status);
    const { error } = answer.json as { error: { message: string; status: string; errors: { reason: string }[] } };
    assert.match(error.message, message);
    assert.deepEqual([error.errors[0]?.reason, error.status], [reason, status]);
  });
}

test('a body and headers of the test itself', async (t) => {
  const emulator = await startTestEmulator(t);
  const body = { error: 'invalid_grant', error_subtype: 'invalid_rapt' };
  emulator.faults.add({ match: 'token', kind: 'status', status: 400, body, headers: { 'retry-after': '7' } });
  const answer = await emulator.call('POST', 'token', { body: '', token: null });
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.json, body);
  assert.equal(answer.headers.get('retry-after'), '7');
  assert.deepEqual(emulator.counters.read().tokenAnswersByStatus, { 400: 1 });
});

test('a status after the commit: the work is done all the same', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.faults.add({ match: 'gmail.users.labels.*', kind: 'status', status: 500, afterCommit: true });
  assert.equal((await createLabel(emulator, 'Work')).status, 500);
  assert.deepEqual(await labelNames(emulator), ['Work']);
});

test('a connection dropped before the commit, and one dropped after it', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.faults.add({ match: `/${labels}`, kind: 'drop', afterCommit: false, times: 1 });
  emulator.faults.add({ match: `/${labels}`, kind: 'drop', afterCommit: true, times: 1 });
  await assert.rejects(createLabel(emulator, 'Before'), /fetch failed/);
  assert.deepEqual(await labelNames(emulator), []);
  await assert.rejects(createLabel(emulator, 'After'), /fetch failed/);
  assert.deepEqual(emulator.counters.read().answersByStatus, { dropped: 2 });
  assert.deepEqual(await labelNames(emulator), ['After']);
});

test('an answer cut off halfway, and one without a body', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.faults.add({ match: '*', kind: 'truncate', times: 1 });
  await assert.rejects(createLabel(emulator, 'Half'), /terminated/);
  emulator.faults.add({ match: '*', kind: 'empty', times: 1 });
  const empty = await createLabel(emulator, 'Empty');
  assert.deepEqual([empty.status, empty.text], [200, '']);
  assert.deepEqual((await labelNames(emulator)).toSorted(), ['Empty', 'Half']);
});

test('an answer that is late, and one that comes slowly', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.faults.add({ match: '*', kind: 'delay', milliseconds: 250, times: 1 });
  let startedMs = performance.now();
  assert.equal((await emulator.call('GET', profile)).status, 200);
  assert.ok(performance.now() - startedMs >= 245);
  emulator.faults.add({ match: '*', kind: 'drip', bytesPerSecond: 400, times: 1 });
  startedMs = performance.now();
  const slow = await emulator.call('GET', profile);
  assert.equal(slow.status, 200);
  assert.ok(slow.text.endsWith('}\n'));
  // The last tenth of a second's worth comes without a wait.
  assert.ok(performance.now() - startedMs >= ((slow.text.length - 40) / 400) * 1000 - 10);
});

test('every call takes at least the latency', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { latencyMs: 120 } });
  const startedMs = performance.now();
  await emulator.call('GET', profile);
  assert.ok(performance.now() - startedMs >= 115);
});

test('a probability hits the same requests for the same seed', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 100_000 } });
  const run = async (seed: number) => {
    const id = emulator.faults.add({ match: '*', kind: 'status', status: 500, probability: 0.3, seed });
    const statuses: number[] = [];
    for (let count = 0; count < 60; count += 1) statuses.push((await emulator.call('GET', profile)).status);
    emulator.faults.clear(id);
    return statuses;
  };
  const first = await run(1);
  assert.deepEqual(await run(1), first);
  assert.notDeepEqual(await run(2), first);
  const hits = first.filter((status) => status === 500).length;
  assert.ok(hits > 5 && hits < 32, `${hits} of 60`);
});

test('a part of a batch gets a status of its own; a dropped part drops the batch', async (t) => {
  const emulator = await startTestEmulator(t);
  const part = (id: string) =>
    `--b\r\nContent-Type: application/http\r\nContent-ID: <${id}>\r\n\r\nGET /${profile}\r\n\r\n\r\n`;
  const send = () =>
    emulator.call('POST', 'batch/gmail/v1', {
      body: `${part('one')}${part('two')}--b--\r\n`,
      headers: { 'content-type': 'multipart/mixed; boundary=b' },
    });
  emulator.faults.add({ match: 'gmail.users.getProfile', kind: 'status', status: 500, times: 1 });
  const mixed = await send();
  assert.equal(mixed.status, 200);
  assert.match(mixed.text, /HTTP\/1\.1 500 /);
  assert.match(mixed.text, /HTTP\/1\.1 200 /);
  emulator.faults.add({ match: 'gmail.users.getProfile', kind: 'drop', afterCommit: true, times: 1 });
  await assert.rejects(send(), /fetch failed/);
  emulator.faults.add({ match: 'batch', kind: 'status', status: 503, times: 1 });
  assert.equal((await send()).status, 503);
});

test('a call that is refused for its token meets no fault and uses none up', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.faults.add({ match: '*', kind: 'status', status: 500, times: 1 });
  assert.equal((await emulator.call('GET', profile, { token: null })).status, 401);
  assert.equal((await emulator.call('GET', profile)).status, 500);
});

test('a rule that is none is refused with what is wrong', async (t) => {
  const emulator = await startTestEmulator(t);
  for (const rule of [
    { match: '*', kind: 'explode' },
    { match: '*', kind: 'drop' },
    { match: '*', kind: 'delay', milliseconds: -1 },
    { match: '', kind: 'truncate' },
    { match: '*', kind: 'truncate', often: 2 },
    { match: '*', kind: 'status', status: 500, probability: 2 },
  ]) {
    assert.throws(() => emulator.faults.add(rule as FaultRule), { code: 'INVALID_INPUT' }, JSON.stringify(rule));
  }
  assert.deepEqual(emulator.faults.list(), []);
});

test('a place in flight comes back whatever befell the call', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { concurrentCalls: 1 } });
  const rules: readonly FaultRule[] = [
    { match: '*', kind: 'status', status: 500 },
    { match: '*', kind: 'drop', afterCommit: false },
    { match: '*', kind: 'drop', afterCommit: true },
    { match: '*', kind: 'truncate' },
    { match: '*', kind: 'empty' },
  ];
  for (const rule of rules) {
    emulator.faults.add({ ...rule, times: 1 });
    await emulator.call('GET', profile).catch(() => undefined);
    assert.equal((await emulator.call('GET', profile)).status, 200, rule.kind);
  }
  emulator.faults.add({ match: '*', kind: 'delay', milliseconds: 100, times: 1 });
  const { accessToken } = emulator.account;
  const impatient = fetch(new URL(profile, emulator.rootUrl), {
    headers: { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.timeout(50),
  });
  await assert.rejects(impatient, { name: 'TimeoutError' });
  let status = 429;
  for (let tries = 0; status === 429 && tries < 1000; tries += 1) {
    ({ status } = await emulator.call('GET', profile));
  }
  assert.equal(status, 200);
});
