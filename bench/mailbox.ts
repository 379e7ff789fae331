/**
 * The local mailbox on real mail: what an import costs, and how long calls take through REST.
 * `npm run bench:mailbox [-- --million] [--home FOLDER] [PATH…]`; without a path it imports `../shared/mail`, about 90,000 messages.
 * `--million` adds copies of them until there are a million. A home that is named is kept, and used again where it is there.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCleaned } from '../test/support/run-cleaned.ts';
import { account, importMail, lineOfImport, megabytesUnder } from './mailbox/import-mail.ts';
import { startMailServer } from './mailbox/mail-server.ts';
import { measureCalls } from './mailbox/measure-calls.ts';
import { writeCopies } from './mailbox/write-copies.ts';
import { residentMegabytes, root } from './processes.ts';

const million = 1_000_000;
const { values, positionals } = parseArgs({
  options: { million: { type: 'boolean' }, home: { type: 'string' } },
  allowPositionals: true,
});
const archives = ['lists', 'spamassassin'].map((name) => resolve(root, '../shared/mail', name));
const paths = (positionals.length > 0 ? positionals : archives).map((path) => resolve(path));
const say = (line: string) => process.stdout.write(`${line}\n`);

await runCleaned(async (context) => {
  const stopping = new AbortController();
  const home = resolve(values.home ?? mkdtempSync(join(tmpdir(), 'gmail-llm-bench-mailbox-')));
  if (values.home === undefined) context.after(() => rmSync(home, { recursive: true, force: true }));
  context.after(() => stopping.abort());
  say(`load ${loadavg()[0]?.toFixed(1)} before the run`);

  const mail = join(home, 'bench', 'mail');
  const imported = await importMail(context, home, async () => {
    if (values.million !== true) return paths;
    mkdirSync(mail, { recursive: true });
    return [...paths, ...(await writeCopies(paths, { folder: mail, wanted: million, signal: stopping.signal }))];
  });
  rmSync(mail, { recursive: true, force: true });
  const folder = join(home, 'data', 'local', account);
  const [index, raw] = ['mailbox.db', 'raw.db'].map((name) => megabytesUnder(folder, `${name}*`).toFixed(0));
  say(lineOfImport('SQLite', imported));
  say(`  disk: ${index} MB what is searched and shown, ${raw} MB messages`);

  const local = await startMailServer(context, home);
  await measureCalls({ local }, imported.imported, say);
  say(`resident after all calls: ${residentMegabytes(local.program).toFixed(0)} MB; load ${loadavg()[0]?.toFixed(1)}`);
});
