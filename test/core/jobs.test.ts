import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { equalJitterMs, fullJitterMs } from '../../src/core/back-off.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Job, JobTurn } from '../../src/core/jobs/job.ts';
import type { JobStore } from '../../src/core/jobs/job-store.ts';
import { runJobs } from '../../src/core/jobs/run-jobs.ts';
import { runOnce } from '../../src/core/jobs/run-once.ts';
import { openSqliteJobStore } from '../../src/store/sqlite/jobs/open-job-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const times = { ttlMs: 8000, longestMs: 100_000 };

function openStore(t: TestContext, folder = temporaryFolder(t), now: () => number = Date.now): JobStore {
  const store = openSqliteJobStore(folder, now);
  t.after(() => store.close());
  return store;
}

function job(run: Job['run'], more: Partial<Job> = {}): Job {
  return { name: 'work', summary: 'Works.', everyMs: 10, retryMs: { first: 10, most: 40 }, run, ...more };
}

function start(t: TestContext, store: JobStore, jobs: readonly Job[]) {
  const clocks = { now: Date.now, random: Math.random, monotonicMs: () => performance.now() };
  const runner = runJobs({ jobs, store: () => store, ...clocks });
  t.after(() => runner.stop());
  return runner;
}

test('pauses double up to a bound, and chance spreads them', () => {
  const bounds = (failures: number) => [
    fullJitterMs(failures, 100, 1000, () => 1),
    fullJitterMs(failures, 100, 1000, () => 0.25),
    equalJitterMs(failures, 100, 1000, () => 1),
    equalJitterMs(failures, 100, 1000, () => 0),
  ];
  assert.deepEqual([1, 2, 3, 4, 5, 60].map(bounds), [
    [100, 25, 100, 50],
    [200, 50, 200, 100],
    [400, 100, 400, 200],
    [800, 200, 800, 400],
    [1000, 250, 1000, 500],
    [1000, 250, 1000, 500],
  ]);
});

test('failures are counted and told until a run goes well, and each pause is longer', async (t) => {
  const store = openStore(t);
  const pauses: number[] = [];
  const enough = Promise.withResolvers<void>();
  let runs = 0;
  let readMs = 0;
  const failing = job(async () => {
    runs += 1;
    if (runs <= 3) throw new AppError('UNAVAILABLE', `no ${runs}`);
    enough.resolve();
    return { facts: { runs }, againMs: 60_000 };
  });
  const watched: JobStore = {
    ...store,
    finish(lease, end) {
      if (end.outcome === 'failed') pauses.push(end.nextMs - readMs);
      return store.finish(lease, end);
    },
  };
  const runner = runJobs({
    jobs: [failing],
    store: () => watched,
    now: () => (readMs = Date.now()),
    random: () => 1,
    monotonicMs: () => performance.now(),
  });
  t.after(() => runner.stop());
  await enough.promise;
  await runner.stop();
  assert.deepEqual(pauses, [10, 20, 40]);
  const [record] = await store.list();
  assert.deepEqual([record?.failuresInRow, record?.failure, record?.facts], [0, undefined, { runs: 4 }]);
});

test('the last failure can be read', async (t) => {
  const store = openStore(t);
  const taken = await store.take('work', times);
  assert.ok(taken.kind === 'taken');
  await store.finish(taken.lease, { outcome: 'failed', failure: 'no luck', nextMs: 5 });
  const [record] = await store.list();
  assert.deepEqual(
    [record?.outcome, record?.failure, record?.failuresInRow, record?.nextMs],
    ['failed', 'no luck', 1, 5],
  );
});

test('of two runners one runs a job at a time, and neither misses a turn for the other', async (t) => {
  const folder = temporaryFolder(t);
  const stores = [openStore(t, folder), openStore(t, folder)];
  let running = 0;
  let most = 0;
  const fences: number[] = [];
  const enough = Promise.withResolvers<void>();
  const shared = job(async ({ fence }) => {
    running += 1;
    most = Math.max(most, running);
    fences.push(fence);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (fences.length === 20) enough.resolve();
    return undefined;
  });
  const runners = stores.map((store) => start(t, store, [shared]));
  await enough.promise;
  await Promise.all(runners.map((runner) => runner.stop()));
  assert.equal(most, 1);
  assert.deepEqual(
    fences,
    fences.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(fences).size, fences.length);
});

test('nothing is written while there is nothing to do, and a wake-up is not waited for', async (t) => {
  const folder = temporaryFolder(t);
  let isNeeded = false;
  const ran = Promise.withResolvers<void>();
  let asked = Promise.withResolvers<void>();
  const rare = job(
    async () => {
      ran.resolve();
      return undefined;
    },
    {
      everyMs: 1000,
      isNeeded() {
        asked.resolve();
        return isNeeded;
      },
    },
  );
  const store = openStore(t, folder);
  const runner = start(t, store, [rare]);
  await asked.promise;
  assert.deepEqual(await store.list(), []);
  asked = Promise.withResolvers();
  isNeeded = true;
  runner.wake('work');
  await ran.promise;
});

test('a run that slept past its lease is told, changes nothing more and leaves no record', async (t) => {
  let nowMs = 1e12;
  const store = openStore(t, undefined, () => nowMs);
  const taken = await store.take('work', times);
  assert.ok(taken.kind === 'taken');
  let turn: JobTurn | undefined;
  await runOnce(
    job(async (given) => {
      turn = given;
      given.refuseIfLost();
      nowMs += 8000;
      given.refuseIfLost();
      assert.fail('it went on');
    }),
    taken.lease,
    {
      store,
      // That of hosts may stand still meanwhile.
      now: () => 0,
      hostNow: () => nowMs,
      monotonicMs: () => 0,
      leaseMs: 8000,
      pauseMs: 10,
      stopping: new AbortController().signal,
    },
  );
  assert.ok(turn?.signal.aborted);
  assert.equal((turn.signal.reason as Error).message, 'The lease of the job work was lost.');
  assert.equal((await store.list())[0]?.outcome, undefined);
});

function startProgram(t: TestContext, folder: string, leaseMs: number) {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, 'jobs-program.ts'), folder, `${leaseMs}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.stdout);
  const fences: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => fences.push(Number(line)));
  return { child, fences, next: () => once(lines, 'line') };
}

test(
  'when the process that runs a job is killed another one goes on within ten seconds',
  { timeout: 60_000 },
  async (t) => {
    const folder = temporaryFolder(t);
    const one = startProgram(t, folder, 8000);
    await one.next();
    const other = startProgram(t, folder, 8000);
    const killedMs = performance.now();
    one.child.kill('SIGKILL');
    await other.next();
    assert.ok(performance.now() - killedMs < 10_000);
    assert.ok((other.fences[0] ?? 0) > (one.fences.at(-1) ?? 0));
  },
);

test(
  'a process that was stopped while it ran a job does nothing more of it when it goes on',
  { timeout: 60_000 },
  async (t) => {
    const folder = temporaryFolder(t);
    const sleeper = startProgram(t, folder, 400);
    await sleeper.next();
    sleeper.child.kill('SIGSTOP');
    const other = startProgram(t, folder, 400);
    await other.next();
    const overtaking = other.fences[0] ?? 0;
    const before = sleeper.fences.length;
    sleeper.child.kill('SIGCONT');
    // It may only go on under a lease of its own, after the other's.
    other.child.kill('SIGKILL');
    await sleeper.next();
    assert.ok(sleeper.fences.slice(before).every((fence) => fence > overtaking));
  },
);
