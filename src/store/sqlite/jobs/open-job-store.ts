import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { isJsonObject } from '../../../core/json-object.ts';
import type { JobRecord, JobStore } from '../../../core/jobs/job-store.ts';
import { isOwnerGone, processOwner } from '../../../core/process-owner.ts';
import { integerOf, optionalIntegerOf, textOf, type Row } from '../database.ts';
import { createLeaseTable, extendLease, holdsLease, releaseLease, takeLeaseWithin } from '../lease.ts';
import { openDatabase, type DatabaseFormat } from '../open-database.ts';

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
  const database = openDatabase(join(dataFolder, 'jobs.db'), jobsFormat);
  const table = { database, owner: processOwner(), now };

  function rowOf(name: string): Row | undefined {
    return database.get('SELECT * FROM job WHERE name = ?', name);
  }

  return {
    take: async (name, { ttlMs, longestMs }) => {
      const isLater = (row: Row | undefined): row is Row => {
        const waitMs = row === undefined ? 0 : integerOf(row, 'next_ms') - now();
        return waitMs > 0 && waitMs <= longestMs;
      };
      // Asked much more often than it is due: without the lock of a writer.
      const before = rowOf(name);
      if (isLater(before)) return { kind: 'later', nextMs: integerOf(before, 'next_ms') };
      return database.write(() => {
        const row = rowOf(name);
        if (isLater(row)) return { kind: 'later', nextMs: integerOf(row, 'next_ms') };
        const lease = takeLeaseWithin(table, name, ttlMs);
        if (lease === undefined) return { kind: 'held' };
        // A run that did not say how it ended is one whose process did not live to say so.
        const started = database.get(
          `INSERT INTO job (name, runs, failures_in_row, started_ms, next_ms, facts) VALUES (?1, 1, 0, ?2, 0, '{}')
           ON CONFLICT (name) DO UPDATE SET runs = runs + 1, started_ms = ?2, ended_ms = NULL,
             failures_in_row = failures_in_row + (ended_ms IS NULL)
           RETURNING failures_in_row`,
          name,
          now(),
        );
        return {
          kind: 'taken',
          lease,
          failuresInRow: started === undefined ? 0 : integerOf(started, 'failures_in_row'),
        };
      });
    },
    extend: async (lease, ttlMs) => extendLease(table, lease, ttlMs),
    finish: async (lease, end) =>
      database.write(() => {
        if (!holdsLease(table, lease)) return false;
        const isDone = end.outcome === 'done';
        database.run(
          `UPDATE job SET failures_in_row = CASE WHEN ?2 = 'done' THEN 0 ELSE failures_in_row + 1 END, ended_ms = ?3,
             next_ms = ?4, outcome = ?2, failure = ?5, facts = coalesce(?6, facts) WHERE name = ?1`,
          lease.name,
          end.outcome,
          now(),
          Math.ceil(end.nextMs),
          isDone ? null : end.failure,
          isDone ? JSON.stringify(end.facts) : null,
        );
        releaseLease(table, lease);
        return true;
      }),
    request: async (name) => {
      if (database.run('UPDATE job SET next_ms = 0 WHERE name = ?', name) > 0) return;
      throw new AppError('NOT_FOUND', `There is no job ${name}.`, { field: 'name', got: name });
    },
    list: async () =>
      database
        .all('SELECT j.*, l.owner, l.until_ms FROM job j LEFT JOIN lease l ON l.name = j.name ORDER BY j.name')
        .map((row) => recordOf(row, now())),
    close() {
      try {
        database.run('UPDATE lease SET until_ms = 0 WHERE owner = ?', table.owner);
      } finally {
        database.close();
      }
    },
  };
}

function recordOf(row: Row, nowMs: number): JobRecord {
  const startedMs = optionalIntegerOf(row, 'started_ms');
  const endedMs = optionalIntegerOf(row, 'ended_ms');
  const outcome = row.outcome === 'done' || row.outcome === 'failed' ? row.outcome : undefined;
  const isHeld = typeof row.owner === 'string' && integerOf(row, 'until_ms') > nowMs && !isOwnerGone(row.owner);
  const [host, pid] = typeof row.owner === 'string' ? row.owner.split(' ') : [];
  return {
    name: textOf(row, 'name'),
    runs: integerOf(row, 'runs'),
    failuresInRow: integerOf(row, 'failures_in_row'),
    nextMs: integerOf(row, 'next_ms'),
    facts: factsIn(textOf(row, 'facts')),
    ...(startedMs === undefined ? {} : { startedMs }),
    ...(endedMs === undefined ? {} : { endedMs }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(typeof row.failure === 'string' ? { failure: row.failure } : {}),
    ...(isHeld ? { runningOn: `${host ?? ''} ${pid ?? ''}` } : {}),
  };
}

function factsIn(text: string): JobRecord['facts'] {
  const facts: unknown = JSON.parse(text);
  if (!isJsonObject(facts)) return {};
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
}
