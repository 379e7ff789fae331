import { after, before, type TestContext } from 'node:test';
import type { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** A database with two openings, as two processes have. */
interface OpenedTwice {
  readonly address: string;
  readonly databases: readonly [PostgresDatabase, PostgresDatabase];
}

/** A server that the tests of a suite share; to be asked inside of tests. */
interface SharedPostgres {
  /** One database for all of them. */
  readonly databases: OpenedTwice['databases'];
  /** An empty database for one test. */
  readonly create: (t: Pick<TestContext, 'after'>) => OpenedTwice;
}

/** Starts a server before the tests of a suite, and stops it when they are over. */
export function postgresOfFile(): SharedPostgres {
  const cleaning: (() => void | Promise<void>)[] = [];
  let server: TestPostgres | undefined;
  let shared: OpenedTwice | undefined;
  let made = 0;

  function open(): OpenedTwice {
    if (server === undefined) throw new Error('the server is not started yet');
    made += 1;
    const address = server.create(`test_${made}`);
    return { address, databases: [postgresAt(address), postgresAt(address)] };
  }

  const close = async ({ databases }: OpenedTwice) => {
    for (const database of databases) await database.close();
  };

  before(async () => {
    server = await startPostgres({ after: (clean) => cleaning.push(clean) });
  });
  after(async () => {
    if (shared !== undefined) await close(shared);
    for (const clean of cleaning) await clean();
  });
  return {
    get databases() {
      return (shared ??= open()).databases;
    },
    create(t) {
      const opened = open();
      t.after(() => close(opened));
      return opened;
    },
  };
}
