import { integerOf } from '../columns.ts';
import type { SqlDatabase, SqlDialect, SqlQueries, SqlValue } from '../sql/sql-database.ts';
import type { Database } from './database.ts';
import { Transactions } from './transactions.ts';

const dialect: SqlDialect = {
  flag: (column) => column,
  jsonText: (column, ...path) => `${column} ->> '$.${path.join('.')}'`,
  texts: (parameter) => `SELECT value FROM json_each(${parameter})`,
  async highestEntry(queries) {
    // SQLite remembers it of a table whose key is AUTOINCREMENT.
    const row = await queries.get("SELECT seq FROM sqlite_sequence WHERE name = 'entry'");
    return row === undefined ? 0 : integerOf(row, 'seq');
  },
  givenKeys: '',
  // It does so by itself.
  countOn: async () => undefined,
};

/** Statements with their parameters as SQLite writes them: `?1`. There are few. */
const written = new Map<string, string>();

function write(sql: string): string {
  let text = written.get(sql);
  if (text === undefined) {
    text = sql.replaceAll(/\$(\d+)/g, '?$1');
    written.set(sql, text);
  }
  return text;
}

/** The tables of one subject in a SQLite file. */
export function sqlOnSqlite(database: Database): SqlDatabase {
  const transactions = new Transactions(database, () => undefined);
  const queries: SqlQueries = {
    all: async (sql, ...values: readonly SqlValue[]) => database.all(write(sql), ...values),
    get: async (sql, ...values: readonly SqlValue[]) => database.get(write(sql), ...values),
    run: async (sql, ...values: readonly SqlValue[]) => database.run(write(sql), ...values),
  };
  return {
    dialect,
    all: (sql, ...values) => transactions.once(() => queries.all(sql, ...values)),
    get: (sql, ...values) => transactions.once(() => queries.get(sql, ...values)),
    run: (sql, ...values) => transactions.once(() => queries.run(sql, ...values)),
    read: (work) => transactions.read(() => work(queries)),
    write: (work) => transactions.write(() => work(queries)),
    // Every subject has a file.
    writeWithin: (_outer, work) => transactions.write(() => work(queries)),
    close: () => transactions.close(),
  };
}
