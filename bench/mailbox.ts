/**
 * The local mailbox on real mail: what an import costs, and how long calls take through REST. `npm run bench:mailbox
 * [-- --million] [--postgres] [--alone] [--home FOLDER] [PATH…]`; without a path it imports `../shared/mail`, some 90,000
 * messages. `--million` adds copies of them until there are a million. Beside it notmuch where it is installed (not
 * with `--alone`), and PostgreSQL where it is asked for. A home that is named is kept with all that was made of it, and
 * used again where it is there.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCleaned } from '../test/support/run-cleaned.ts';
import { describeFigures, megabytesUnder } from './mailbox/figures.ts';
import { account, importMail } from './mailbox/import-mail.ts';
import { startMailServer } from './mailbox/mail-server.ts';
import { measureCalls } from './mailbox/measure-calls.ts';
import { indexWithNotmuch } from './mailbox/notmuch.ts';
import { startOnPostgres } from './mailbox/postgres.ts';
import { writeCopies } from './mailbox/write-copies.ts';
import { residentMegabytes, root } from './processes.ts';

const million = 1_000_000;
const { values, positionals } = parseArgs({
  options: {
    million: { type: 'boolean' },
    postgres: { type: 'boolean' },
    alone: { type: 'boolean' },
    home: { type: 'string' },
  },
  allowPositionals: true,
});
const archives = ['lists', 'spamassassin'].map((name) => resolve(root, '../shared/mail', name));
const paths = (positionals.length > 0 ? positionals : archives).map((path) => resolve(path));
const say = (line: string) => process.stdout.write(`${line}\n`);

/** The bench itself keeps one processor busy. */
function sayIfBusy(): void {
  const [load = 0] = loadavg();
  const processors = availableParallelism();
  if (load <= processors) return;
  say(
    `load ${load.toFixed(1)} on ${processors} processors: other work is under way, and only the least times say something`,
  );
}

await runCleaned(async (context) => {
  const stopping = new AbortController();
  const home = resolve(values.home ?? mkdtempSync(join(tmpdir(), 'gmail-llm-bench-mailbox-')));
  if (values.home === undefined) {
    for (const made of [home, `${home}-postgres`]) context.after(() => rmSync(made, { recursive: true, force: true }));
  }
  context.after(() => stopping.abort());
  const mail = join(home, 'bench', 'mail');
  async function allPaths(): Promise<readonly string[]> {
    if (values.million !== true) return paths;
    mkdirSync(mail, { recursive: true });
    return [...paths, ...(await writeCopies(paths, { folder: mail, wanted: million, signal: stopping.signal }))];
  }
  const imported = await importMail(context, home, allPaths);
  const folder = join(home, 'data', 'local', account);
  const [index, raw] = ['mailbox.db', 'raw.db'].map((name) => megabytesUnder(folder, `${name}*`).toFixed(0));
  say(describeFigures('import into SQLite', imported));
  say(`  disk: ${index} MB what is searched and shown, ${raw} MB messages`);

  const notmuch = values.alone === true ? undefined : await indexWithNotmuch(context, home, say);
  const postgres = values.postgres === true ? await startOnPostgres(context, home, allPaths, say) : undefined;
  rmSync(mail, { recursive: true, force: true });
  const local = await startMailServer(context, home);
  sayIfBusy();
  await measureCalls({ local, postgres, notmuch }, say);
  say(`resident after all calls: ${residentMegabytes(local.program).toFixed(0)} MB`);
  sayIfBusy();
});
