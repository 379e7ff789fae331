import { createHash } from 'node:crypto';
import { integerOf } from '../columns.ts';
import type { SqlDatabase, SqlDialect } from '../sql/sql-database.ts';
import type { PostgresDatabase } from './database.ts';

const dialect: SqlDialect = {
  flag: (column) => `${column} = 1`,
  jsonText: (column, ...path) => `(${column}::json #>> '{${path.join(',')}}')`,
  texts: (parameter) => `SELECT json_array_elements_text(CAST(${parameter} AS json))`,
  async highestEntry(queries) {
    const row = await queries.get('SELECT value FROM entry_counter');
    return row === undefined ? 0 : integerOf(row, 'value');
  },
  givenKeys: 'OVERRIDING SYSTEM VALUE',
  async countOn(queries, table, key) {
    const highest = `(SELECT coalesce(max(${key}), 0) FROM ${table})`;
    await queries.all(
      table === 'entry'
        ? `UPDATE entry_counter SET value = greatest(value, ${highest})`
        : `SELECT setval(pg_get_serial_sequence('${table}', '${key}'), greatest(1, ${highest}), ${highest} > 0)`,
    );
  },
};

/** Subjects, each with a number for the lock that its writers take (`pg_advisory_xact_lock`). */
const subjects = { feed: 1, jobs: 2, webhooks: 3, outbox: 4, audit: 5, logins: 6, live: 7 } as const;
const lockSpace = 0x676d;
/** Of the locks of turns; two whose numbers are the same wait for one another, and no more. */
const turnSpace = 0x676e;

/** What became of a change is written down even where its caller waits no longer; SQLite's writers wait as long. */
const limitMs = 20_000;

/**
 * The tables of one subject. Its writers, on whichever host, come one after the other, as the rules in `store/sql` expect:
 * that also gives events and entries of the audit log the order in which they can be seen. Closing it closes nothing: the
 * database is shared by all subjects.
 */
export function sqlOnPostgres(database: PostgresDatabase, subject: keyof typeof subjects): SqlDatabase {
  const inTurn = takeTurns();
  const lock = `SELECT pg_advisory_xact_lock(${lockSpace}, ${subjects[subject]})`;
  return {
    dialect,
    all: (sql, ...values) => database.all(sql, ...values),
    get: (sql, ...values) => database.get(sql, ...values),
    run: (sql, ...values) => database.run(sql, ...values),
    read: (work) => database.read(work, { limitMs }),
    write: (work, turn) =>
      turn === undefined
        ? database.write(lock, work, limitMs)
        : inTurn(turn, () => database.write(lockOf(subject, turn), work, limitMs)),
    async writeWithin(outer, work) {
      await outer.run(lock);
      return work(outer);
    },
    close: () => undefined,
  };
}

function lockOf(subject: string, turn: string): string {
  const number = createHash('sha256').update(`${subject} ${turn}`).digest().readInt32BE();
  return `SELECT pg_advisory_xact_lock(${turnSpace}, ${number})`;
}

/** Those of one process wait here for one another: waiting in the database would take a connection each. */
function takeTurns(): <T>(turn: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (turn, work) => {
    const mine = (last.get(turn) ?? Promise.resolve()).then(work, work);
    last.set(turn, mine);
    try {
      return await mine;
    } finally {
      if (last.get(turn) === mine) last.delete(turn);
    }
  };
}
