import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HttpFailure } from '../../src/core/egress/http-failure.ts';
import { judgeFailure, judgeVerdict, noProgress, type Progress } from '../../src/gmail/channel/judge-attempt.ts';
import { AppError } from '../../src/core/errors.ts';
import { openSharedBudget, type Permit } from '../../src/gmail/channel/shared-budget.ts';
import { openSharedState } from './open-shared-state.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const request = { methodIds: ['gmail.users.labels.list'], isSafeToRepeat: true, httpMethod: 'GET' } as const;
const lost = new HttpFailure('network', { mayBeDone: false, wasKept: false }, new Error('lost'));

/** The pauses of a request that fails until it is given up, in milliseconds. */
function pausesOf(judge: (progress: Progress) => ReturnType<typeof judgeFailure>): readonly number[] {
  const pauses: number[] = [];
  let progress = noProgress;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { decision, progress: next } = judge(progress);
    if (decision.kind !== 'again') return pauses;
    pauses.push(decision.waitMs);
    progress = next;
  }
  assert.fail('it is never given up');
}

test('pauses after failures double from a second, chance decides how much of them, and six attempts are made', () => {
  const networkPauses = (random: number) => pausesOf((progress) => judgeFailure(lost, request, progress, () => random));
  assert.deepEqual(networkPauses(1), [1000, 2000, 4000, 8000, 16_000]);
  assert.deepEqual(networkPauses(0.5), [500, 1000, 2000, 4000, 8000]);
  assert.deepEqual(networkPauses(0), [0, 0, 0, 0, 0]);
  const verdict = { kind: 'transient', error: new AppError('UNAVAILABLE', 'Backend Error') } as const;
  const judge = (progress: Progress) => judgeVerdict(verdict, request, progress, { accessToken: 'a', random: () => 1 });
  assert.deepEqual(pausesOf(judge), [1000, 2000, 4000, 8000, 16_000]);
});

/** A budget whose clock and chance the test decides. */
function openBudget(t: TestContext, random: () => number) {
  const clock = { ms: 1e12 };
  const state = openSharedState(temporaryFolder(t), { now: () => clock.ms, random });
  t.after(() => state.close());
  const budget = openSharedBudget('me@example.org', state, { quota: '2026', concurrency: 8 });
  const take = async (): Promise<Permit> => {
    const permit = await budget.take({
      units: 5,
      slots: 1,
      urgency: 'interactive',
      sinceMs: clock.ms,
      timeoutMs: 1000,
    });
    assert.ok('slotId' in permit, JSON.stringify(permit));
    return permit;
  };
  /** Is throttled once, waits until the freeze is over, and returns how long it was. */
  const throttled = async () => {
    const permit = await take();
    clock.ms += 1;
    const untilMs = await budget.freeze({ permit, reason: 'too fast' });
    const frozenMs = untilMs - clock.ms;
    await budget.giveBack(permit, { isUnused: false, isAnswered: false });
    clock.ms = untilMs;
    return frozenMs;
  };
  const row = async (length: number): Promise<readonly number[]> => {
    const frozenMs: number[] = [];
    while (frozenMs.length < length) frozenMs.push(await throttled());
    return frozenMs;
  };
  return { clock, budget, take, row };
}

test('freezes after throttles in a row double up to a bound, above a least pause, and an answer ends the row', async (t) => {
  const { clock, budget, take, row } = openBudget(t, () => 1);
  assert.deepEqual(await row(9), [1250, 2250, 4250, 8250, 16_250, 32_250, 64_250, 64_250, 64_250]);
  clock.ms += 1;
  const permit = await take();
  await budget.giveBack(permit, { isUnused: false, isAnswered: true });
  clock.ms += 1;
  assert.deepEqual(await row(1), [1250]);
});

test('chance shortens a freeze down to the least pause and no further', async (t) => {
  assert.deepEqual(await openBudget(t, () => 0).row(3), [250, 250, 250]);
  assert.deepEqual(await openBudget(t, () => 0.5).row(3), [750, 1250, 2250]);
});
