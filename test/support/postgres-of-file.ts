import { after, before } from 'node:test';
import type { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { openPostgres } from '../../src/store/postgres/open-postgres.ts';
import { startPostgres } from './postgres.ts';

/** A database that the tests of a suite share. */
interface SharedPostgres {
  /** Two openings of it, as two processes have; to be read inside of tests. */
  readonly databases: readonly [PostgresDatabase, PostgresDatabase];
}

/** Starts a server before the tests of a suite, and stops it when they are over. */
export function postgresOfFile(): SharedPostgres {
  const cleaning: (() => void | Promise<void>)[] = [];
  let databases: readonly [PostgresDatabase, PostgresDatabase] | undefined;
  before(async () => {
    const postgres = await startPostgres({ after: (clean) => cleaning.push(clean) });
    const address = postgres.create('mail');
    databases = [await openPostgres(address), await openPostgres(address)];
  });
  after(async () => {
    for (const database of databases ?? []) await database.close();
    for (const clean of cleaning) await clean();
  });
  return {
    get databases() {
      if (databases === undefined) throw new Error('the database is not open yet');
      return databases;
    },
  };
}
