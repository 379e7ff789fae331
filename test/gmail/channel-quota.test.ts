import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { quotaLimits, waitForUnits } from '../../src/gmail/channel/quota.ts';
import {
  openSharedBudget,
  type BudgetRequest,
  type Permit,
  type Refusal,
} from '../../src/gmail/channel/shared-budget.ts';
import { openSharedState } from './open-shared-state.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  account,
  answer,
  apiRequest,
  asCall,
  errorBody,
  openParts,
  scriptedServer,
  withTokens,
} from './channel-parts.ts';
import { startChild } from './channel-processes.ts';

const used = { isUnused: false, isAnswered: true };
const configuration = { quota: '2026', concurrency: 8 } as const;
const isPermit = (answer: Permit | Refusal): answer is Permit => 'slotId' in answer;

/** Books what an idle account may take as fast as it likes, long enough ago that the last ten seconds are free. */
async function bookFreeUnits(folder: string, nowMs: number, quotaUnitsPerMinute: number): Promise<void> {
  const state = openSharedState(folder, { now: () => nowMs - 20_000 });
  const budget = openSharedBudget(account, state, { ...configuration, quotaUnitsPerMinute });
  const units = quotaLimits({ quota: '2026', quotaUnitsPerMinute }, 'interactive').freeUnits;
  const permit = await budget.take({
    units,
    slots: 1,
    urgency: 'interactive',
    sinceMs: nowMs - 20_000,
    timeoutMs: 30_000,
  });
  assert.ok(isPermit(permit));
  await budget.giveBack(permit, used);
  await state.close();
}

/** The budget of one busy account as several processes see it, on a clock of the test. */
async function openBudgets(context: TestContext, count: number, { isBusy = true } = {}) {
  const startMs = 1_700_000_000_000;
  const folder = temporaryFolder(context);
  const clock = { nowMs: startMs };
  if (isBusy) await bookFreeUnits(folder, startMs, 6000);
  const budgets = Array.from({ length: count }, () => {
    const state = openSharedState(folder, { now: () => clock.nowMs });
    context.after(() => state.close());
    return openSharedBudget(account, state, configuration);
  });
  const request = (units: number, facts: Partial<BudgetRequest> = {}): BudgetRequest => ({
    units,
    slots: 1,
    urgency: 'interactive',
    sinceMs: clock.nowMs,
    timeoutMs: 30_000,
    ...facts,
  });
  return { budgets, clock, request };
}

test('never lets Google count more than the quota in a minute, and reaches nine tenths of it', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 2);
  const startMs = clock.nowMs;
  const minutes = 3;
  const counted: { readonly atMs: number; readonly units: number }[] = [];
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const costs = [1, 2, 5, 20, 20, 20, 40, 100];
  const pending = budgets.map(() => request(costs[3] ?? 20));
  while (clock.nowMs < startMs + minutes * 60_000) {
    for (const [index, budget] of budgets.entries()) {
      const wanted = pending[index] ?? request(1);
      const permit = await budget.take(wanted);
      if (!isPermit(permit)) continue;
      await budget.giveBack(permit, used);
      // Google counts up to two seconds after us.
      counted.push({ atMs: clock.nowMs + random() * 2000, units: wanted.units });
      pending[index] = request(costs[Math.floor(random() * costs.length)] ?? 1);
    }
    clock.nowMs += 100;
  }
  counted.sort((left, right) => left.atMs - right.atMs);
  for (const [index, { atMs }] of counted.entries()) {
    let units = 0;
    for (let later = index; (counted[later]?.atMs ?? Infinity) < atMs + 60_000; later += 1) {
      units += counted[later]?.units ?? 0;
    }
    assert.ok(units <= 6000, `${units} units in a minute`);
  }
  const total = counted.reduce((sum, { units }) => sum + units, 0);
  assert.ok(total >= 0.9 * minutes * 6000, `${total} units in ${minutes} minutes`);
});

test('lets fifty messages through at once, and then by and by', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 1);
  const [budget] = budgets;
  assert.ok(budget !== undefined);
  let taken = 0;
  for (let permit = await budget.take(request(20)); isPermit(permit); permit = await budget.take(request(20))) {
    await budget.giveBack(permit, used);
    taken += 1;
  }
  assert.equal(taken, 55);
  const refusal = await budget.take(request(20));
  assert.ok(!isPermit(refusal) && refusal.cause === 'quota');
  assert.ok(refusal.waitMs > 9000 && refusal.waitMs <= 10_250, String(refusal.waitMs));
  clock.nowMs += refusal.waitMs;
  assert.ok(isPermit(await budget.take(request(20))));
});

test('lets a request alone through that is larger than what may be taken at once', () => {
  const limits = quotaLimits({ quota: '2026', quotaUnitsPerMinute: 200 }, 'interactive');
  assert.equal(waitForUnits([], 1000, limits, 0), 0);
  const tick = 4000;
  const atMs = tick * 250;
  assert.equal(waitForUnits([{ tick, units: 1 }], 1000, limits, atMs), 62_250);
  assert.equal(waitForUnits([{ tick, units: 1 }], 100, limits, atMs), 10_250);
});

test('answers an idle account at once up to a third of its minute, and then evenly', () => {
  const limits = quotaLimits({ quota: '2026' }, 'interactive');
  const tick = 4000;
  const atMs = tick * 250;
  assert.equal(waitForUnits([{ tick, units: 1000 }], 980, limits, atMs), 0);
  assert.equal(waitForUnits([{ tick, units: 1000 }], 981, limits, atMs), 10_250);
});

test('gives the units back of what was never sent, and not of what took long', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 1);
  const [budget] = budgets;
  assert.ok(budget !== undefined);
  const unused = await budget.take(request(1100));
  assert.ok(isPermit(unused));
  await budget.giveBack(unused, { isUnused: true, isAnswered: false });
  const slow = await budget.take(request(1100));
  assert.ok(isPermit(slow));
  clock.nowMs += 9000;
  await budget.giveBack(slow, used);
  // Counted from its end on: Google may have counted it only then.
  clock.nowMs += 9000;
  const refusal = await budget.take(request(20));
  assert.ok(!isPermit(refusal) && refusal.waitMs > 500);
});

test('keeps half of the quota for those who wait', async (t) => {
  const { budgets, request } = await openBudgets(t, 2);
  const [here, there] = budgets;
  assert.ok(here !== undefined && there !== undefined);
  const permit = await here.take(request(540, { urgency: 'background' }));
  assert.ok(isPermit(permit));
  assert.ok(!isPermit(await here.take(request(20, { urgency: 'background' }))));
  assert.ok(isPermit(await there.take(request(20))));
});

test('lets whoever waits longest go first, in whichever process, and interactive requests before all', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 3, { isBusy: false });
  const [first, second, third] = budgets;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  assert.ok(isPermit(await first.take(request(2500))));
  const large = request(100);
  const background = request(10, { urgency: 'background' });
  assert.ok(!isPermit(await second.take(large)));
  assert.ok(!isPermit(await third.take(background)));
  clock.nowMs += 9000;
  assert.ok(!isPermit(await second.take(large)));
  assert.ok(!isPermit(await third.take(background)));
  clock.nowMs += 1500;
  // There are units for all of them now; who came later still waits for who came before.
  const later = await first.take(request(1));
  assert.ok(!isPermit(later) && later.cause === 'busy');
  const still = await third.take(background);
  assert.ok(!isPermit(still) && still.cause === 'busy');
  assert.ok(isPermit(await second.take(large)));
  assert.ok(isPermit(await first.take(request(1))));
  assert.ok(isPermit(await third.take(background)));
});

test('does not wait for a process that no longer waits', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 2);
  const [here, gone] = budgets;
  assert.ok(here !== undefined && gone !== undefined);
  assert.ok(isPermit(await here.take(request(1100))));
  assert.ok(!isPermit(await gone.take(request(100))));
  clock.nowMs += 10_500;
  assert.ok(isPermit(await here.take(request(1))));
});

test('has no more requests under way than allowed; a batch counts as several', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 2);
  const [here, there] = budgets;
  assert.ok(here !== undefined && there !== undefined);
  const [first, second] = [await here.take(request(1, { slots: 4 })), await there.take(request(1, { slots: 4 }))];
  assert.ok(isPermit(first) && isPermit(second));
  const refusal = await here.take(request(1));
  assert.ok(!isPermit(refusal) && refusal.cause === 'busy');
  await there.giveBack(second, used);
  const third = await here.take(request(1));
  assert.ok(isPermit(third));
  // What a hanging process holds is free when its time is over.
  assert.ok(!isPermit(await there.take(request(1, { slots: 4 }))));
  clock.nowMs += 35_001;
  assert.ok(isPermit(await there.take(request(1, { slots: 4 }))));
});

test('is not stopped by a clock that is set back', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 1);
  const [budget] = budgets;
  assert.ok(budget !== undefined);
  const permit = await budget.take(request(1100));
  assert.ok(isPermit(permit));
  await budget.freeze({ permit, reason: 'Daily Limit Exceeded.', untilMs: clock.nowMs + 20 * 3_600_000 });
  clock.nowMs -= 10 * 3_600_000;
  assert.ok(isPermit(await budget.take(request(20))));
});

test('grows the pause with every throttle in a row, not with those that come together', async (t) => {
  const { budgets, clock, request } = await openBudgets(t, 1);
  const [budget] = budgets;
  assert.ok(budget !== undefined);
  const throttle = async () => {
    const permits = [await budget.take(request(1)), await budget.take(request(1))].filter(isPermit);
    assert.equal(permits.length, 2);
    clock.nowMs += 10;
    const ends = await Promise.all(
      permits.map((permit) => budget.freeze({ permit, reason: 'Too many concurrent requests for user.' })),
    );
    assert.equal(ends[0], ends[1]);
    for (const permit of permits) await budget.giveBack(permit, { isUnused: false, isAnswered: false });
    const refusal = await budget.take(request(1));
    assert.ok(!isPermit(refusal) && refusal.cause === 'frozen');
    assert.equal(refusal.frozenReason, 'Too many concurrent requests for user.');
    const pauseMs = (ends[0] ?? 0) - clock.nowMs;
    clock.nowMs += pauseMs;
    return pauseMs;
  };
  for (const mostMs of [1250, 2250, 4250, 8250]) {
    const pauseMs = await throttle();
    assert.ok(pauseMs >= 250 && pauseMs <= mostMs + 1, `${pauseMs} of ${mostMs}`);
  }
  const permit = await budget.take(request(1));
  assert.ok(isPermit(permit));
  await budget.giveBack(permit, used);
  assert.ok((await throttle()) <= 1251);
});

test('keeps several processes together to what may be taken at once, and tells the others when to come back', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 600 } });
  const { folder, channel } = await openParts(t, emulator.rootUrl, { login: emulator.account });
  await bookFreeUnits(folder, Date.now(), 600);
  const startedMs = performance.now();
  // So that no child spends its patience on the first token.
  await channel.send(apiRequest(emulator.rootUrl));
  const children = await Promise.all(
    Array.from({ length: 3 }, () =>
      startChild(t, {
        folder,
        rootUrl: emulator.rootUrl,
        workers: 6,
        durationMs: 1500,
        untilRefused: true,
        patienceMs: 1000,
        quotaUnitsPerMinute: 600,
      }),
    ),
  );
  for (const child of children) child.go();
  const results = await Promise.all(children.map(({ result }) => result));
  const kinds = new Set(results.flatMap(({ outcomes }) => Object.keys(outcomes)));
  // A busy machine may spend a second before a request is even sent.
  kinds.delete('UNAVAILABLE');
  assert.deepEqual([...kinds].toSorted(), ['OK', 'RATE_LIMITED']);
  for (const { outcomes, slowestMs, firstError } of results) {
    if (outcomes.UNAVAILABLE === undefined)
      assert.match(
        firstError ?? '',
        /^AppError: (?:The quota of me@example\.org at Google is used up|As many requests)/,
      );
    assert.ok(slowestMs < 6000, String(slowestMs));
  }
  const { unitsTotal, answersByStatus, mostInFlight } = emulator.counters.read();
  // What ten seconds have, and ten a second for what they took longer.
  const seconds = (performance.now() - startedMs) / 1000;
  assert.ok(unitsTotal >= 111 && unitsTotal <= 111 + Math.max(0, seconds - 10) * 10, `${unitsTotal} in ${seconds} s`);
  assert.deepEqual(Object.keys(answersByStatus), ['200']);
  assert.ok(mostInFlight <= 8);
});

test('refuses at once what would have to wait too long, also behind others in the queue', async (t) => {
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 200, {})),
  );
  const { channel, folder } = await openParts(t, server.rootUrl, { configuration: { quotaUnitsPerMinute: 600 } });
  await bookFreeUnits(folder, Date.now(), 600);
  const caller = new AbortController();
  const send = (patienceMs: number) =>
    asCall({ patienceMs, signal: caller.signal }, () =>
      channel.send(
        apiRequest(server.rootUrl, { methodIds: Array.from({ length: 37 }, () => 'gmail.users.labels.list') }),
      ),
    );
  // Three of them are all that may be taken in ten seconds.
  await Promise.all([send(1000), send(1000), send(1000)]);
  const isRefused = (fromMs: number, toMs: number) => (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'RATE_LIMITED');
    const waitMs = Date.parse(error.details.retryAt ?? '') - startedMs;
    assert.ok(waitMs > fromMs && waitMs < toMs, String(waitMs));
    return true;
  };
  const startedMs = Date.now();
  await assert.rejects(send(8000), isRefused(8000, 10_600));
  const queue = [send(30_000), send(30_000), send(30_000)];
  await assert.rejects(send(15_000), isRefused(18_000, 21_500));
  assert.ok(Date.now() - startedMs < 7000);
  caller.abort(new Error('That will do.'));
  for (const waiting of queue) await assert.rejects(waiting, /That will do/);
});

test('keeps nobody waiting for a caller that has gone', async (t) => {
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 200, {})),
  );
  const configuration = { quotaUnitsPerMinute: 600 };
  const { channel, folder } = await openParts(t, server.rootUrl, { configuration });
  const other = await openParts(t, server.rootUrl, { configuration, folder });
  const request = (units: number) =>
    apiRequest(server.rootUrl, { methodIds: Array.from({ length: units }, () => 'gmail.users.labels.list') });
  await bookFreeUnits(folder, Date.now(), 600);
  await channel.send(request(80));
  const caller = new AbortController();
  const waiting = asCall({ patienceMs: 30_000, signal: caller.signal }, () => channel.send(request(80)));
  const [last, ever] = [
    { urgency: 9, sinceMs: 0 },
    { afterMs: 0, latestMs: Number.MAX_SAFE_INTEGER },
  ];
  const isWaiting = async () => (await other.state.tickets.look(account, last, ever)).hasEarlier;
  while (!(await isWaiting())) await new Promise((resolve) => setImmediate(resolve));
  caller.abort(new Error('Gone.'));
  await assert.rejects(waiting, /Gone/);
  assert.equal((await asCall({ patienceMs: 1000 }, () => other.channel.send(request(1)))).status, 200);
  assert.equal(await isWaiting(), false);
});

test('frees the slots of a process that was killed', async (t) => {
  let isSilent = true;
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => {
      if (!isSilent) answer(response, 200, {});
    }),
  );
  const { folder, channel } = await openParts(t, server.rootUrl, { configuration: { concurrency: 2 } });
  const child = await startChild(t, {
    folder,
    rootUrl: server.rootUrl,
    workers: 2,
    durationMs: 5000,
    patienceMs: 20_000,
    concurrency: 2,
  });
  child.go();
  while (server.log.length < 3) await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(
    asCall({ patienceMs: 100 }, () => channel.send(apiRequest(server.rootUrl))),
    {
      code: 'RATE_LIMITED',
      message: 'As many requests of me@example.org as are allowed at once are under way to Google.',
    },
  );
  isSilent = false;
  const waiting = asCall({ patienceMs: 5000 }, () => channel.send(apiRequest(server.rootUrl)));
  await child.kill();
  assert.equal((await waiting).status, 200);
});

test('stops every process when Google throttles one', async (t) => {
  let throttled = false;
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => {
      if (throttled) return answer(response, 200, {});
      throttled = true;
      answer(response, 429, errorBody(429, 'rateLimitExceeded', 'Too many concurrent requests for user'), {
        'retry-after': '1',
      });
    }),
  );
  const { folder, channel, state } = await openParts(t, server.rootUrl);
  const child = await startChild(t, {
    folder,
    rootUrl: server.rootUrl,
    workers: 1,
    requests: 1,
    durationMs: 5000,
    patienceMs: 5000,
  });
  child.go();
  const isFrozen = () => state.freezes.find(account) !== undefined;
  while (!isFrozen()) await new Promise((resolve) => setImmediate(resolve));
  const startedMs = performance.now();
  const before = Date.now();
  await assert.rejects(
    asCall({ patienceMs: 300 }, () => channel.send(apiRequest(server.rootUrl))),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'RATE_LIMITED');
      assert.equal(error.message, 'Google has throttled me@example.org: Too many concurrent requests for user.');
      assert.ok(Math.abs(Date.parse(error.details.retryAt ?? '') - before - 1000) < 900);
      return true;
    },
  );
  assert.equal(server.log.filter(({ line }) => line !== 'POST /token').length, 1);
  assert.equal((await asCall({ patienceMs: 5000 }, () => channel.send(apiRequest(server.rootUrl)))).status, 200);
  assert.ok(performance.now() - startedMs > 300);
  assert.deepEqual((await child.result).outcomes, { OK: 1 });
});

test('lets interactive requests pass those that nobody waits for', async (t) => {
  const order: string[] = [];
  const held: (() => void)[] = [];
  const server = await scriptedServer(
    t,
    withTokens((request, response) => {
      order.push(String(request.url));
      held.push(() => answer(response, 200, {}));
    }),
  );
  const { channel } = await openParts(t, server.rootUrl, { configuration: { concurrency: 1 } });
  const send = (path: string, urgency: 'interactive' | 'background') =>
    asCall({ urgency }, () => channel.send(apiRequest(server.rootUrl, { path })));
  const all = [send('first', 'background')];
  while (order.length < 1) await new Promise((resolve) => setImmediate(resolve));
  all.push(send('second', 'background'), send('third', 'interactive'));
  for (let count = 1; count <= 3; count += 1) {
    while (order.length < count) await new Promise((resolve) => setImmediate(resolve));
    held[count - 1]?.();
  }
  await Promise.all(all);
  assert.deepEqual(order, ['/first', '/third', '/second']);
});
