import type { JobResult } from './job.ts';

/** How the last run of a job ended. */
type JobOutcome = 'done' | 'failed';

/** What is known of a job, whichever process ran it. Times are milliseconds since 1970. */
export interface JobRecord {
  readonly name: string;
  readonly runs: number;
  /** Failures since the last run that went well. */
  readonly failuresInRow: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly nextMs: number;
  readonly outcome?: JobOutcome;
  /** Why the last run failed; undefined after one that went well. */
  readonly failure?: string;
  readonly facts: NonNullable<JobResult['facts']>;
  /** The machine and the process that run it now. */
  readonly runningOn?: string;
}

/** The right to run a job, until it ends by itself. */
export interface JobLease {
  readonly name: string;
  readonly fence: number;
}

/** What a process gets when it asks for a job. */
type JobAnswer =
  | { readonly kind: 'taken'; readonly lease: JobLease; readonly failuresInRow: number }
  /** It is not due yet. */
  | { readonly kind: 'later'; readonly nextMs: number }
  /** Another process runs it. */
  | { readonly kind: 'held' };

/** Where jobs are kept, for all processes of a home. Every method throws `UNAVAILABLE` when it cannot be reached. */
export interface JobStore {
  /**
   * Takes a job for `ttlMs` if it is due and no living process has it. A time further ahead than `longestMs` was set under
   * a clock that has been put back since, and counts as due.
   */
  take(name: string, times: { readonly ttlMs: number; readonly longestMs: number }): Promise<JobAnswer>;
  /** Lets a lease last `ttlMs` from now; false when another process has overtaken it. */
  extend(lease: JobLease, ttlMs: number): Promise<boolean>;
  /** Writes down how a run ended and gives the lease back; false, and nothing changed, when it was overtaken. */
  finish(lease: JobLease, end: JobEnd): Promise<boolean>;
  /** Makes a job due now. Throws `NOT_FOUND` for one that never ran. */
  request(name: string): Promise<void>;
  /** By name. */
  list(): Promise<readonly JobRecord[]>;
  /** Gives back what this process has. */
  close(): Promise<void>;
}

/** How a run ended, and when the next is due. */
export type JobEnd =
  | { readonly outcome: 'done'; readonly facts: NonNullable<JobResult['facts']>; readonly nextMs: number }
  | { readonly outcome: 'failed'; readonly failure: string; readonly nextMs: number };
