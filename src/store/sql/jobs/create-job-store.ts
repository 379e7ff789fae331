import { AppError } from '../../../core/errors.ts';
import { isJsonObject } from '../../../core/json-object.ts';
import type { JobRecord, JobStore } from '../../../core/jobs/job-store.ts';
import { isOwnerGone, machineOf, processOwner } from '../../../core/process-owner.ts';
import { integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import { extendLease, holdsLease, releaseLease, takeLease } from '../leases.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';

/** The jobs whose rows are in `database`. `now` is the clock of all that share it. */
export function createJobStore(database: SqlDatabase, now: () => number): JobStore {
  const owner = processOwner();

  return {
    take: async (name, { ttlMs, longestMs }) => {
      const isLater = (row: Row | undefined): row is Row => {
        const waitMs = row === undefined ? 0 : integerOf(row, 'next_ms') - now();
        return waitMs > 0 && waitMs <= longestMs;
      };
      // Asked much more often than it is due: without the lock of a writer.
      const before = await rowOf(database, name);
      if (isLater(before)) return { kind: 'later', nextMs: integerOf(before, 'next_ms') };
      return database.write(async (queries) => {
        const row = await rowOf(queries, name);
        if (isLater(row)) return { kind: 'later', nextMs: integerOf(row, 'next_ms') };
        const lease = await takeLease(queries, { name, owner, ttlMs, nowMs: now() });
        if (lease === undefined) return { kind: 'held' };
        // A run that did not say how it ended is one whose process did not live to say so.
        const started = await queries.get(
          `INSERT INTO job (name, runs, failures_in_row, started_ms, next_ms, facts) VALUES ($1, 1, 0, $2, 0, '{}')
           ON CONFLICT (name) DO UPDATE SET runs = job.runs + 1, started_ms = $2, ended_ms = NULL,
             failures_in_row = job.failures_in_row + CASE WHEN job.ended_ms IS NULL THEN 1 ELSE 0 END
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
    extend: (lease, ttlMs) => extendLease(database, lease, now() + ttlMs),
    finish: (lease, end) =>
      database.write(async (queries) => {
        if (!(await holdsLease(queries, lease))) return false;
        const isDone = end.outcome === 'done';
        await queries.run(
          `UPDATE job SET failures_in_row = CASE WHEN CAST($2 AS text) = 'done' THEN 0 ELSE failures_in_row + 1 END,
             ended_ms = $3, next_ms = $4, outcome = CAST($2 AS text), failure = $5,
             facts = coalesce(CAST($6 AS text), facts) WHERE name = $1`,
          lease.name,
          end.outcome,
          now(),
          Math.ceil(end.nextMs),
          isDone ? null : end.failure,
          isDone ? JSON.stringify(end.facts) : null,
        );
        await releaseLease(queries, lease);
        return true;
      }),
    request: async (name) => {
      if ((await database.run('UPDATE job SET next_ms = 0 WHERE name = $1', name)) > 0) return;
      throw new AppError('NOT_FOUND', `There is no job ${name}.`, { field: 'name', got: name });
    },
    async list() {
      const rows = await database.all(
        'SELECT j.*, l.owner, l.until_ms FROM job j LEFT JOIN lease l ON l.name = j.name ORDER BY j.name',
      );
      return rows.map((row) => recordOf(row, now()));
    },
    async close() {
      try {
        await database.run('UPDATE lease SET until_ms = 0 WHERE owner = $1', owner);
      } finally {
        database.close();
      }
    },
  };
}

function rowOf(queries: SqlQueries, name: string): Promise<Row | undefined> {
  return queries.get('SELECT * FROM job WHERE name = $1', name);
}

function recordOf(row: Row, nowMs: number): JobRecord {
  const startedMs = optionalIntegerOf(row, 'started_ms');
  const endedMs = optionalIntegerOf(row, 'ended_ms');
  const outcome = row.outcome === 'done' || row.outcome === 'failed' ? row.outcome : undefined;
  const isHeld = typeof row.owner === 'string' && integerOf(row, 'until_ms') > nowMs && !isOwnerGone(row.owner);
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
    ...(isHeld ? { runningOn: machineOf(textOf(row, 'owner')) } : {}),
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
