import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import type { Environment } from '../core/settings.ts';
import { parseStoreAddress } from '../core/store-address.ts';
import { requireData } from './backup/home-files.ts';
import { readBackup } from './backup/read-backup.ts';
import { writeBackup } from './backup/write-backup.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { createProgressBar, formatMegabytes } from './progress-bar.ts';

const usage = 'backup [--without-secrets] FILE';

function readWords(words: readonly string[]): { readonly file: string; readonly withSecrets: boolean } {
  try {
    const options = { 'without-secrets': { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || file === '' || more.length > 0) throw new Error('One file has to be named.');
    return { file: resolve(file), withSecrets: values['without-secrets'] !== true };
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/**
 * `gmail-llm backup FILE`: the home of running or stopped servers, of one moment, in one file for this user alone, read back
 * and compared before it counts. Returns 130 when it was interrupted, which leaves no file. Throws `CONFLICT` for a file that
 * is there, `INVALID_INPUT` for a folder that is not.
 */
export async function runBackup(context: CommandContext): Promise<number> {
  const { arguments: words, environment, home, stdout, stderr, terminal, signal } = context;
  const { file, withSecrets } = readWords(words);
  requireData(home);
  if (existsSync(file)) {
    throw new AppError('CONFLICT', `${file} is there already.`, { hint: 'Name another file, or remove it first.' });
  }
  if (!existsSync(dirname(file))) {
    throw new AppError('INVALID_INPUT', `There is no folder ${dirname(file)}.`, { hint: 'Make it first.' });
  }
  const bar = createProgressBar(terminal.stderr, Date.now, 'files');
  try {
    const onProgress = bar.update.bind(bar);
    const { files } = await writeBackup(home, file, { withSecrets, nowMs: Date.now(), signal, onProgress });
    await readBackup(file, drain, signal);
    bar.clear();
    const size = formatMegabytes(statSync(file).size);
    stdout.write(`${file}: ${files.length} files, ${size} MB, read back and compared.\n`);
    stdout.write(contentText(environment, withSecrets));
    return 0;
  } catch (error) {
    bar.clear();
    if (!signal.aborted) throw error;
    stderr.write('Interrupted. No backup was written.\n');
    return exitInterrupted;
  }
}

/** What the file holds of others' concern: where hosts share a database, this host's settings and, in its usual place, the key. */
function contentText(
  { GMAIL_STORE: store = '', GMAIL_KEY_FILE: keyFile = '' }: Environment,
  withSecrets: boolean,
): string {
  const isShared = store !== '';
  if (!withSecrets && !isShared) {
    return 'It holds no logins and no access tokens: after a restore, log in and connect clients again.\n';
  }
  const own = keyFile === '' ? "this host's settings and the key of the store" : "this host's settings";
  const secrets = isShared ? own : 'the logins with their key and the access tokens';
  const kept = withSecrets ? `It holds ${secrets}: keep it as you keep a password.\n` : '';
  if (!isShared) return kept;
  const { host, port, user, database } = parseStoreAddress(store);
  const options = Object.entries({ host, port, username: user }).filter(([, value]) => value !== undefined);
  const words = [...options.map(([name, value]) => `--${name}=${value}`), database].map(shellWord).join(' ');
  const key = keyFile === '' ? '' : `The key is not in it either: keep a copy of ${keyFile}.\n`;
  return `${kept}The mail and all that hosts share is in the database of GMAIL_STORE, and not in this file. Save it with: pg_dump --format=custom --file=mail.dump ${words}\n${key}`;
}

/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

async function drain(_path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  // Reading is all: the reader compares.
  for await (const _chunk of chunks);
}
