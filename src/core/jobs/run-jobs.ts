import { equalJitterMs, type Random } from '../back-off.ts';
import { AppError, messageOf } from '../errors.ts';
import { logOf } from '../telemetry/log.ts';
import type { Job } from './job.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import { runOnce } from './run-once.ts';

/** How long a process may be silent before another takes its job. */
const defaultLeaseMs = 8000;
/** How often a process looks whether it has to go on with a job that another one runs. */
const lookAgainMs = 2000;
/** How often it looks, at most, whether a job has been asked for, and whether one has something to do. */
const requestLookMs = 10_000;
const idleLookMs = 60_000;
/** A timer that fires late by this means that the process slept, or was kept busy. */
const longestTimerMs = 60_000;

/** A job that does not do what it is there for. */
export interface JobTrouble {
  readonly code: 'JOB_FAILING' | 'JOB_LATE';
  readonly job: string;
  readonly message: string;
}

/** After so many failures in a row a job counts as failing; one that could not be begun for so long, as late. */
const failingRuns = 3;
const lateMs = 60_000;

/** The jobs of a process. */
export interface JobRunner {
  /** Looks after a job of this process now, as when there is something new to do. */
  wake(name: string): void;
  /** Jobs that fail again and again, or that cannot even be begun. */
  troubles(): Promise<readonly JobTrouble[]>;
  /** Begins nothing more, tells what runs to stop and waits for it. */
  stop(): Promise<void>;
}

/** What a runner stands on; time and chance are arguments. */
export interface RunnerOptions {
  readonly jobs: readonly Job[];
  readonly store: () => JobStore;
  /** The clock by which jobs are due, which hosts share. */
  readonly now: () => number;
  /** The clock of this host, which shows that it slept; it does not wait for the answer of another. Default: `now`. */
  readonly hostNow?: () => number;
  readonly random: Random;
  /** A clock that never goes back, in milliseconds. */
  readonly monotonicMs: () => number;
  /** Default: {@link defaultLeaseMs}. */
  readonly leaseMs?: number;
}

interface Entry {
  readonly job: Job;
  lookMs: number;
  /** Since when it cannot be looked after, by the clock that never goes back. */
  stuckSinceMs: number | undefined;
  running: Promise<void> | undefined;
}

const log = logOf('jobs');

/**
 * Runs jobs when they are due. Each process of a home may have a runner with the same jobs: a lease says who runs a job,
 * and another process goes on within ten seconds when that one is killed. Failures are kept in the store, logged, and end
 * nothing.
 */
export function runJobs(options: RunnerOptions): JobRunner {
  const { store, now, hostNow = now, random, monotonicMs, leaseMs = defaultLeaseMs } = options;
  const stopping = new AbortController();
  const entries = new Map<string, Entry>();
  // Not all at once: processes that start together, and jobs of one process.
  for (const job of options.jobs) {
    entries.set(job.name, {
      job,
      lookMs: monotonicMs() + random() * Math.min(lookAgainMs, job.everyMs),
      stuckSinceMs: undefined,
      running: undefined,
    });
  }
  let timer: NodeJS.Timeout | undefined;
  let hasLooked = false;

  /** Looks after one job and returns in how many milliseconds to do so again. */
  async function attend(job: Job): Promise<number> {
    if (job.isNeeded !== undefined && !(await job.isNeeded())) return Math.min(job.everyMs, idleLookMs);
    const longestMs = Math.max(job.everyMs, job.retryMs.most);
    const answer = await store().take(job.name, { ttlMs: leaseMs, longestMs });
    switch (answer.kind) {
      case 'held':
        return lookAgainMs;
      case 'later':
        return Math.min(Math.max(0, answer.nextMs - now()), requestLookMs);
      case 'taken': {
        const { lease, failuresInRow } = answer;
        const pauseMs = equalJitterMs(failuresInRow + 1, job.retryMs.first, job.retryMs.most, random);
        await runOnce(job, lease, {
          store: store(),
          now,
          hostNow,
          monotonicMs,
          leaseMs,
          pauseMs,
          stopping: stopping.signal,
        });
        return 0;
      }
    }
  }

  async function look(entry: Entry): Promise<void> {
    hasLooked = true;
    let againMs = lookAgainMs;
    try {
      againMs = await attend(entry.job);
      entry.stuckSinceMs = undefined;
    } catch (error) {
      entry.stuckSinceMs ??= monotonicMs();
      log[error instanceof AppError ? 'warn' : 'error']('a job could not be looked after', {
        job: entry.job.name,
        reason: messageOf(error),
      });
    } finally {
      entry.lookMs = monotonicMs() + againMs;
      entry.running = undefined;
      schedule();
    }
  }

  function tick(): void {
    const nowMs = monotonicMs();
    for (const entry of entries.values()) {
      if (stopping.signal.aborted) return;
      if (entry.running === undefined && entry.lookMs <= nowMs) entry.running = look(entry);
    }
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    const idle = [...entries.values()].filter(({ running }) => running === undefined);
    const nextMs = Math.min(...idle.map(({ lookMs }) => lookMs)) - monotonicMs();
    timer = setTimeout(tick, Math.min(longestTimerMs, Math.max(1, nextMs))).unref();
  }

  schedule();
  return {
    wake(name) {
      const entry = entries.get(name);
      if (entry === undefined) return;
      entry.lookMs = monotonicMs();
      schedule();
    },
    async troubles() {
      // Nothing is opened just to be asked how it is.
      if (!hasLooked) return [];
      const stuck = [...entries.values()].flatMap(({ job, stuckSinceMs }): JobTrouble[] =>
        stuckSinceMs === undefined || monotonicMs() - stuckSinceMs < lateMs
          ? []
          : [{ code: 'JOB_LATE', job: job.name, message: 'It is due and cannot be begun; see the log.' }],
      );
      if (stuck.length > 0) return stuck;
      return (await recordsOf(store)).flatMap(
        ({ name, failuresInRow, failure = 'The process that ran it ended.' }): JobTrouble[] =>
          failuresInRow < failingRuns ? [] : [{ code: 'JOB_FAILING', job: name, message: failure }],
      );
    },
    async stop() {
      stopping.abort(new AppError('UNAVAILABLE', 'The process is stopping.'));
      clearTimeout(timer);
      for (const { running } of entries.values()) await running;
    },
  };
}

/** What is known of jobs; nothing where the store is away: then they cannot be begun either, which is said in time. */
async function recordsOf(store: () => JobStore): Promise<readonly JobRecord[]> {
  try {
    return await store().list();
  } catch (error) {
    log.warn('the records of jobs cannot be read', { reason: messageOf(error) });
    return [];
  }
}
