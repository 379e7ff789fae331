import { parseArgs } from 'node:util';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { openHomeStores } from '../store/home-stores.ts';
import { isDuplicate } from '../store/sql/is-duplicate.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { moveHome, type MovedAccount, type MoveReport } from './migrate/move-home.ts';
import { createProgressBar, formatCount } from './progress-bar.ts';
import { wordOrInput } from './word-or-input.ts';

const usage = 'migrate --to postgres://…|sqlite|- [--json]';

function readWords(words: readonly string[]): { readonly to: string; readonly isJson: boolean } {
  try {
    const options = { to: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { to: word, json } = parseArgs({ args: [...words], options }).values;
    const to = word === undefined ? undefined : wordOrInput(word, '--to');
    if (to === undefined || !/^(?:sqlite$|postgres(?:ql)?:)/.test(to))
      throw new Error(`--to names the other store, got ${to ?? 'nothing'}.`);
    return { to, isJson: json === true };
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { field: '--to', expected: usage }, error);
  }
}

function lineOf(what: string, { messages, copied, changed, deleted, hash }: MovedAccount): string {
  return `${what}: ${formatCount(messages)} messages the same (${hash.slice(0, 12)}); ${formatCount(copied)} copied, ${formatCount(changed)} changed, ${formatCount(deleted)} deleted now\n`;
}

function reportText({ accounts, mirrors, leftovers, rows, unlikeSettings }: MoveReport): string {
  const lines = [
    ...accounts.map((moved) => lineOf(moved.account, moved)),
    ...mirrors.map((moved) => lineOf(`Mirror of ${moved.account}`, moved)),
    ...leftovers.removed.map((owner) => `${owner}: deleted there, as it was renamed or deleted here since\n`),
    ...leftovers.kept.map((owner) => `${owner}: only there, left as it is; gmail-llm accounts remove deletes it\n`),
    ...unlikeSettings.map((name) => `${name}: not as all hosts have it, and left as this home's settings say\n`),
  ];
  const others = Object.entries(rows).map(([table, count]) => `${table} ${formatCount(count)}`);
  return `${lines.join('')}Rows: ${others.join(', ')}. Tokens and policy as well; the audit log is whole.\n`;
}

/**
 * `gmail-llm migrate --to postgres://…` or `--to sqlite`: copies a home's store to another engine and compares what arrived. The
 * source stays as it is, and is used until the setting is changed. Run again, also after an interruption (130), it copies
 * what differs.
 */
export async function runMigrate(context: CommandContext): Promise<number> {
  const { arguments: words, environment, home, stdout, stderr, terminal, signal } = context;
  const { to: wanted, isJson } = readWords(words);
  const configuration = parseConfiguration(environment);
  const { store: current, ...rest } = configuration;
  const isBack = wanted === 'sqlite';
  if (isBack === (current === undefined)) {
    throw new AppError(
      'INVALID_INPUT',
      isBack ? 'This home is in SQLite already.' : 'GMAIL_STORE names a database already.',
      {
        field: '--to',
        hint: isBack
          ? 'GMAIL_STORE names the database to come from.'
          : 'Go back first with --to sqlite; from one database to another, PostgreSQL has pg_dump.',
      },
    );
  }
  fillHome(home);
  const target = isBack ? rest : parseStore(wanted, rest, environment);
  const from = await openHomeStores(configuration, home.dataFolder, Date.now);
  const to = await openHomeStores(target, home.dataFolder, Date.now);
  const bar = createProgressBar(terminal.stderr, Date.now);
  try {
    const report = await moveHome(home, { from, to }, { signal, onProgress: (_phase, done) => bar.update(done) });
    bar.clear();
    stdout.write(isJson ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
    stderr.write(
      isBack
        ? 'Next: stop the servers, run this once more, unset GMAIL_STORE, start them.\n'
        : 'Next: stop the servers, run this once more, set GMAIL_STORE, start them.\n',
    );
    return 0;
  } catch (error) {
    bar.clear();
    if (!signal.aborted) throw isDuplicate(error) ? writtenByOthers(error) : error;
    stderr.write('Interrupted. Run the same command again to go on from here.\n');
    return exitInterrupted;
  } finally {
    await to.close();
    await from.close();
  }
}

/** Rows that were not there a moment ago are nobody's that this run knows. */
function writtenByOthers(error: unknown): AppError {
  return new AppError(
    'CONFLICT',
    'The copy was written to by something else meanwhile, such as another `migrate`.',
    { hint: 'Wait until that has ended, then run this again: it goes on from here.' },
    error,
  );
}

/** The configuration with the database, checked as the setting would be. */
function parseStore(
  address: string,
  rest: Omit<ReturnType<typeof parseConfiguration>, 'store'>,
  environment: CommandContext['environment'],
): ReturnType<typeof parseConfiguration> {
  const { store } = parseConfiguration({ ...environment, GMAIL_STORE: address });
  return store === undefined ? rest : { ...rest, store };
}
