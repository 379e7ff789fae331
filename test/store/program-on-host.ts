import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import type { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { endOf } from '../support/end-of.ts';
import { makeHosts, type NamespacedHost } from '../support/namespaces.ts';
import { startPostgres } from '../support/postgres.ts';

/** Where hosts reach the database of {@link programOnHost}. */
export const address = 'postgres://postgres@127.0.0.1:5432/mail';

/** A PostgreSQL, and a program on a host that is a network namespace. */
interface ProgramOnHost {
  readonly host: NamespacedHost;
  readonly database: PostgresDatabase;
  /** What runs on the host; it has said its first words. */
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
}

/** Starts both, once `table` is made; the program is `file` with a word that tells it that it is on the host. */
export async function programOnHost(
  context: Parameters<typeof startPostgres>[0],
  { file, table }: { readonly file: string; readonly table: string },
): Promise<ProgramOnHost> {
  const [host = assert.fail()] = makeHosts(1);
  const postgres = await startPostgres(context, { isOnNetwork: true });
  postgres.create('mail');
  const database = postgresAt(address);
  context.after(() => database.close());
  await database.run(table);
  const [first, ...words] = [...host.within, process.execPath, file, onHost];
  const child = spawn(first, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => endOf(child, 'SIGKILL'));
  await once(child.stdout, 'data');
  return { host, database, child };
}

const onHost = 'on-host';
/** Whether this process is the program on the host. */
export const isOnHost = process.argv[2] === onHost;
