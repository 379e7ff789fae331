import { parseArgs } from 'node:util';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import { importPaths, requireMail } from '../local/import/import-paths.ts';
import { listLocalAccounts, localMailboxFolder } from '../local/local-accounts.ts';
import { openLocalMailbox } from '../local/open-local-mailbox.ts';
import { openMailStore } from '../store/sqlite/mail/open-mail-store.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { formatImportReport } from './import-summary.ts';
import { createProgressBar } from './progress-bar.ts';

/** Input that is not what it should be (`EX_DATAERR` of BSD sysexits). */
const exitUnreadable = 65;

/** The account that mail goes to when nobody ever named one. */
export const defaultAccount = 'me@localhost';

/**
 * `gmail-llm import [--account ADDRESS] PATH…`: shows progress on stderr, then reports on stdout what became of every
 * message. Returns 0 when every file was read, also where single messages were unreadable; 65 when a file could not be
 * read, or not to its end; 130 when it was interrupted.
 * Throws `INVALID_INPUT` for wrong arguments, a missing path, and paths without any mail, `UNAVAILABLE` when the mailbox
 * cannot be written.
 */
export async function runImport(context: CommandContext): Promise<number> {
  const { home, environment, stdout, stderr, signal } = context;
  const { account, paths } = readArguments(context.arguments);
  const emailAddress = chooseAccount(account, environment, home.dataFolder);
  const folder = localMailboxFolder(home.dataFolder, emailAddress);
  // A mailbox that is made sends the demo mailbox away: not for a mistyped path.
  await requireMail(paths);

  const startedMs = Date.now();
  const bar = createProgressBar(context.terminal.stderr, Date.now);
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
  try {
    const report = await importPaths({
      mailbox,
      paths,
      nowMs: startedMs,
      signal,
      onProgress: (done) => bar.update(done),
    });
    bar.clear();
    stdout.write(formatImportReport(report, emailAddress, Date.now() - startedMs));
    if (report.isInterrupted) {
      stderr.write('Interrupted. Run the same command again to go on from here.\n');
      return exitInterrupted;
    }
    if (emailAddress === defaultAccount) {
      stdout.write(`No account was named, so the mail is in ${defaultAccount}; --account ADDRESS names your own.\n`);
    }
    return report.unreadableFiles === 0 ? 0 : exitUnreadable;
  } finally {
    bar.clear();
    mailbox.close();
  }
}

function readArguments(words: readonly string[]): { readonly account?: string; readonly paths: readonly string[] } {
  const usage = 'gmail-llm import [--account ADDRESS] PATH…';
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { account: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length > 0) {
      return { paths: positionals, ...(values.account === undefined ? {} : { account: values.account }) };
    }
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
  throw new AppError('INVALID_INPUT', 'No path to import is named.', {
    field: 'PATH',
    expected: usage,
    got: 'nothing',
  });
}

/** The account named; else the one that calls use by default; else the only one there is; else {@link defaultAccount}. */
function chooseAccount(
  named: string | undefined,
  environment: CommandContext['environment'],
  dataFolder: string,
): string {
  const chosen = named?.toLowerCase() ?? parseConfiguration(environment).account;
  if (chosen === demoAddress) {
    throw new AppError('INVALID_INPUT', 'Real mail cannot be mixed with the demo mailbox.', {
      field: 'account',
      expected: 'an address of your own',
      got: chosen,
    });
  }
  if (chosen !== undefined) return chosen;
  const accounts = listLocalAccounts(dataFolder).filter((address) => address !== demoAddress);
  const [only = defaultAccount] = accounts;
  if (accounts.length <= 1) return only;
  throw new AppError('INVALID_INPUT', 'There are several accounts; name the one that the mail goes to.', {
    field: '--account',
    expected: accounts.join(' or '),
    got: 'nothing',
    hint: 'Give --account ADDRESS, or set GMAIL_ACCOUNT.',
  });
}
