import { runInContext } from '../context.ts';
import { AppError, messageOf } from '../errors.ts';
import { logOf } from '../telemetry/log.ts';
import type { Job, JobResult } from './job.ts';
import type { JobEnd, JobLease, JobStore } from './job-store.ts';

/** What one run needs to know. */
interface RunOptions {
  readonly store: JobStore;
  /** The clock by which jobs are due, which hosts share. */
  readonly now: () => number;
  readonly hostNow: () => number;
  readonly monotonicMs: () => number;
  readonly leaseMs: number;
  /** When to try again should it fail. */
  readonly pauseMs: number;
  readonly stopping: AbortSignal;
}

/** A lease is extended this often in its life, so that two lost chances do not cost it. */
const extensions = 4;

const log = logOf('jobs');

/**
 * Runs a job under its lease, which is extended meanwhile, and writes down how it ended. A run whose lease was lost, as
 * after a sleep, is told by its signal and writes nothing down: another process may have gone on.
 */
export async function runOnce(job: Job, lease: JobLease, options: RunOptions): Promise<void> {
  const { store, now, hostNow, monotonicMs, leaseMs, stopping } = options;
  const losing = new AbortController();
  const signal = AbortSignal.any([stopping, losing.signal]);
  // Both clocks: the one stands still while the machine sleeps, the other may be put back.
  let untilMs = { wall: hostNow() + leaseMs, monotonic: monotonicMs() + leaseMs };

  function lose(): void {
    if (!losing.signal.aborted) losing.abort(new AppError('CONFLICT', `The lease of the job ${job.name} was lost.`));
  }

  function refuseIfLost(): void {
    if (hostNow() >= untilMs.wall || monotonicMs() >= untilMs.monotonic) lose();
    signal.throwIfAborted();
  }

  async function extend(): Promise<void> {
    const started = { wall: hostNow(), monotonic: monotonicMs() };
    if (started.wall >= untilMs.wall || started.monotonic >= untilMs.monotonic) return lose();
    try {
      if (!(await store.extend(lease, leaseMs))) return lose();
      untilMs = { wall: started.wall + leaseMs, monotonic: started.monotonic + leaseMs };
    } catch (error) {
      // The next one may do better; if none does, the lease ends.
      log.warn('a lease could not be extended', { job: job.name, reason: messageOf(error) });
    }
  }

  const timer = setInterval(() => void extend(), leaseMs / extensions).unref();
  const startedMs = monotonicMs();
  const context = {
    requestId: `job-${job.name.replaceAll(/[^\w-]+/g, '-')}-${lease.fence}`,
    transport: 'job',
    signal,
    urgency: 'background',
  } as const;
  let end: JobEnd | undefined;
  try {
    const result: JobResult =
      (await runInContext(context, () => job.run({ signal, fence: lease.fence, refuseIfLost }))) ?? {};
    end = { outcome: 'done', facts: result.facts ?? {}, nextMs: now() + (result.againMs ?? job.everyMs) };
  } catch (error) {
    // What was cut off by the end of its process is due at once for the next one.
    const nextMs = stopping.aborted ? now() : now() + options.pauseMs;
    end = { outcome: 'failed', failure: messageOf(error), nextMs };
    if (!signal.aborted) log[error instanceof AppError ? 'warn' : 'error']('a job failed', { job: job.name, error });
  } finally {
    clearInterval(timer);
  }
  const ms = Math.round(monotonicMs() - startedMs);
  const isKept = !losing.signal.aborted && (await store.finish(lease, end));
  if (isKept) log.debug('a job ran', { job: job.name, outcome: end.outcome, ms });
  else log.warn('a job lost its lease', { job: job.name, ms });
}
