import type { Row } from '../columns.ts';
import type { SqlDatabase, SqlValue } from './sql-database.ts';

/** A table that both engines have, as far as its copy needs to know it. */
interface Table {
  readonly name: string;
  /** Its key, in whose order it is read. */
  readonly key: string;
  /** Rows never change once they are there. */
  readonly grows?: true;
  /** Whether its key is given by the engine, which has to go on after it. */
  readonly isCounted?: true;
}

/** The tables of each subject that go along; leases, jobs and changes that are under way begin anew. */
export const copiedTables = {
  feed: [
    { name: 'event', key: 'sequence', grows: true, isCounted: true },
    { name: 'followed', key: 'account' },
    { name: 'feed', key: 'id' },
  ],
  webhooks: [
    { name: 'webhook', key: 'key', isCounted: true },
    { name: 'delivery', key: 'key', isCounted: true },
  ],
  audit: [
    { name: 'entry', key: 'sequence', grows: true, isCounted: true },
    { name: 'undo', key: 'sequence' },
  ],
  outbox: [{ name: 'send', key: 'id' }],
  logins: [
    { name: 'login', key: 'email_address' },
    { name: 'first_generation', key: 'id' },
  ],
} as const satisfies Readonly<Record<string, readonly Table[]>>;

/** What is copied table by table. */
export type CopiedSubject = keyof typeof copiedTables;

const pageRows = 500;

const namePattern = /^[a-z_\d]+$/;

function valueOf(value: unknown): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a column holds ${typeof value}`);
}

/**
 * Copies rows into a table of the same columns, in place of those of the same key; of a table that does not only grow, rows
 * that are not in the source go. Returns how many there are.
 */
export async function copyTable(from: SqlDatabase, to: SqlDatabase, table: Table): Promise<number> {
  const { name, key } = table;
  // First, so that what they have is free for others: an idempotency key may be another send's by now.
  if (table.grows !== true) await deleteOthers(from, to, table);
  let count = 0;
  for (let last: SqlValue | undefined; ;) {
    const page: readonly Row[] =
      last === undefined
        ? await from.all(`SELECT * FROM ${name} ORDER BY ${key} LIMIT ${pageRows}`)
        : await from.all(`SELECT * FROM ${name} WHERE ${key} > $1 ORDER BY ${key} LIMIT ${pageRows}`, last);
    await to.write(async (queries) => {
      for (const row of page) {
        const columns = Object.keys(row).filter((column) => namePattern.test(column));
        const others = columns.filter((column) => column !== key);
        const clash =
          table.grows === true
            ? 'DO NOTHING'
            : `(${key}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
        const places = columns.map((_, index) => `$${index + 1}`).join(', ');
        const sql = `INSERT INTO ${name} (${columns.join(', ')}) ${to.dialect.givenKeys} VALUES (${places}) ON CONFLICT ${clash}`;
        await queries.run(sql, ...columns.map((column) => valueOf(row[column])));
      }
    });
    count += page.length;
    if (page.length < pageRows) break;
    last = valueOf(page.at(-1)?.[key]);
  }
  if (table.isCounted === true) await to.dialect.countOn(to, name, key);
  return count;
}

/** What was deleted in the source since the copy before: a webhook that comes back to life would tell a stranger of mail. */
async function deleteOthers(from: SqlDatabase, to: SqlDatabase, { name, key }: Table): Promise<void> {
  const all = `SELECT ${key} FROM ${name}`;
  const kept = new Set((await from.all(all)).map((row) => valueOf(row[key])));
  await to.write(async (queries) => {
    for (const gone of (await queries.all(all)).map((row) => valueOf(row[key])).filter((each) => !kept.has(each))) {
      await queries.run(`DELETE FROM ${name} WHERE ${key} = $1`, gone);
    }
  });
}
