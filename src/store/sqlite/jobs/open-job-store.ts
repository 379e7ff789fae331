import { join } from 'node:path';
import type { JobStore } from '../../../core/jobs/job-store.ts';
import { createJobStore } from '../../sql/jobs/create-job-store.ts';
import { createLeaseTable } from '../lease-table.ts';
import { openDatabase, type DatabaseFormat } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';

const createJobs = `
  CREATE TABLE job (
    name TEXT PRIMARY KEY,
    runs INTEGER NOT NULL,
    failures_in_row INTEGER NOT NULL,
    started_ms INTEGER,
    ended_ms INTEGER,
    next_ms INTEGER NOT NULL,
    outcome TEXT,
    failure TEXT,
    facts TEXT NOT NULL
  ) WITHOUT ROWID;
${createLeaseTable}`;

/** `data/jobs.db`: the jobs of a home, and who runs them. */
const jobsFormat: DatabaseFormat = {
  applicationId: 0x676d_6c6a,
  migrations: [createJobs],
  synchronous: 'NORMAL',
  cacheKibibytes: 64,
};

/** Opens `data/jobs.db`, which all processes of a home share. Throws `UNAVAILABLE`. */
export function openSqliteJobStore(dataFolder: string, now: () => number): JobStore {
  return createJobStore(sqlOnSqlite(openDatabase(join(dataFolder, 'jobs.db'), jobsFormat)), now);
}
