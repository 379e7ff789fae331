import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { JobStore } from '../../../src/core/jobs/job-store.ts';

/** Opens a store without jobs twice, as two processes do. */
type OpenJobs = (
  t: TestContext,
  now: () => number,
) => readonly [JobStore, JobStore] | Promise<readonly [JobStore, JobStore]>;

const times = { ttlMs: 8000, longestMs: 100_000 };

/** What every store of jobs does, whatever it is kept in. */
export function exerciseJobs(engine: string, open: OpenJobs): void {
  suite(`jobs: ${engine}`, () => {
    test('a job is run by one process at a time, when it is due, with a fence that grows', async (t) => {
      let nowMs = 1e12;
      const [one, other] = await open(t, () => nowMs);
      const first = await one.take('work', times);
      assert.ok(first.kind === 'taken');
      assert.deepEqual(await other.take('work', times), { kind: 'held' });
      assert.equal(await one.finish(first.lease, { outcome: 'done', facts: { files: 3 }, nextMs: nowMs + 5000 }), true);
      assert.deepEqual(await other.take('work', times), { kind: 'later', nextMs: nowMs + 5000 });
      nowMs += 5000;
      const second = await other.take('work', times);
      assert.ok(second.kind === 'taken' && second.lease.fence > first.lease.fence);
      // The first one had slept: nothing of what it says counts.
      assert.equal(await one.extend(first.lease, 8000), false);
      assert.equal(await one.finish(first.lease, { outcome: 'done', facts: {}, nextMs: nowMs }), false);
      const [record] = await one.list();
      assert.deepEqual(
        [record?.runs, record?.outcome, record?.facts, record?.runningOn !== undefined],
        [2, 'done', { files: 3 }, true],
      );
    });

    test('a lease that nobody extends ends by itself', async (t) => {
      let nowMs = 1e12;
      const [one, other] = await open(t, () => nowMs);
      const taken = await one.take('work', times);
      assert.ok(taken.kind === 'taken');
      nowMs += 7999;
      assert.equal((await other.take('work', times)).kind, 'held');
      assert.equal(await one.extend(taken.lease, times.ttlMs), true);
      nowMs += 7999;
      assert.equal((await other.take('work', times)).kind, 'held');
      nowMs += 1;
      const overtaken = await other.take('work', times);
      // The run before did not end well.
      assert.ok(overtaken.kind === 'taken' && overtaken.failuresInRow === 1);
    });

    test('a clock that is put back does not put a job off for hours', async (t) => {
      let nowMs = 1e12;
      const [store] = await open(t, () => nowMs);
      const taken = await store.take('work', times);
      assert.ok(taken.kind === 'taken');
      await store.finish(taken.lease, { outcome: 'done', facts: {}, nextMs: nowMs + 100_000 });
      nowMs -= 1;
      assert.equal((await store.take('work', times)).kind, 'taken');
    });

    test('a lease from before the clock was put back does not hold for hours', async (t) => {
      let nowMs = 1e12;
      const [one, other] = await open(t, () => nowMs);
      const first = await one.take('work', times);
      nowMs -= 3_600_000;
      const second = await other.take('work', times);
      assert.ok(first.kind === 'taken' && second.kind === 'taken' && second.lease.fence > first.lease.fence);
    });

    test('of many that ask at once one gets the job', async (t) => {
      const stores = await open(t, () => 1e12);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => stores[index % 2 === 0 ? 0 : 1].take('work', times)),
      );
      assert.deepEqual(answers.map(({ kind }) => kind).toSorted(), [
        ...Array.from({ length: 19 }, () => 'held'),
        'taken',
      ]);
    });

    test('a job that was asked for is due, and one that never ran is not known', async (t) => {
      const [store, other] = await open(t, () => 1e12);
      await assert.rejects(store.request('work'), { code: 'NOT_FOUND' });
      const taken = await store.take('work', times);
      assert.ok(taken.kind === 'taken');
      const end = { outcome: 'failed', failure: 'no', nextMs: 1e12 + 5000.5 } as const;
      assert.equal(await store.finish(taken.lease, end), true);
      const [record] = await other.list();
      assert.deepEqual(record, {
        name: 'work',
        runs: 1,
        failuresInRow: 1,
        nextMs: 1e12 + 5001,
        facts: {},
        startedMs: 1e12,
        endedMs: 1e12,
        outcome: 'failed',
        failure: 'no',
      });
      await other.request('work');
      assert.equal((await store.take('work', times)).kind, 'taken');
      // What a process has it gives back when it ends.
      await store.close();
      await other.request('work');
      assert.equal((await other.take('work', times)).kind, 'taken');
    });
  });
}
