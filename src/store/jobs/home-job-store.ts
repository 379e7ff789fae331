import type { JobStore } from '../../core/jobs/job-store.ts';
import { openSqliteJobStore } from '../sqlite/jobs/open-job-store.ts';

/** Where the jobs of a home are kept, opened when it is first needed. */
export interface HomeJobStore {
  /** Throws `UNAVAILABLE` when it cannot be opened. */
  readonly store: () => JobStore;
  readonly close: () => Promise<void>;
}

/** The jobs in `data/jobs.db`. Opens nothing yet. */
export function homeJobStore(dataFolder: string, now: () => number): HomeJobStore {
  let opened: JobStore | undefined;
  return {
    store: () => (opened ??= openSqliteJobStore(dataFolder, now)),
    close: async () => opened?.close(),
  };
}
