import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startPostgres } from '../../test/support/postgres.ts';
import { describeFigures, megabytesUnder } from './figures.ts';
import { importMail } from './import-mail.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import { treeProcessorMs } from './watched-run.ts';

/**
 * Imports mail into a PostgreSQL of this run, which has its files beside a home (its own user cannot enter that), and
 * starts a server on it. What is there already is used again.
 */
export async function startOnPostgres(
  context: Pick<TestContext, 'after'>,
  home: string,
  paths: () => Promise<readonly string[]>,
  say: (line: string) => void,
): Promise<MailServer> {
  const folder = `${home}-postgres`;
  const isNew = !existsSync(folder);
  const postgres = await startPostgres(context, { isDurable: true, keptIn: folder });
  const environment = { GMAIL_STORE: isNew ? postgres.create('mail') : postgres.address('mail') };
  const ownHome = join(home, 'bench', 'postgres');
  const databaseMs = () => treeProcessorMs(postgres.pid());
  const figures = await importMail(context, ownHome, paths, { environment, databaseMs });
  say(describeFigures('import into PostgreSQL', figures));
  say(`  disk: ${megabytesUnder(join(folder, 'data', 'base')).toFixed(0)} MB`);
  return startMailServer(context, ownHome, environment);
}
