import { parseConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import { importPaths, requireMail } from '../local/import/import-paths.ts';
import type { ImportReport } from '../local/import/import-report.ts';
import { dryRunTarget } from '../local/import/import-target.ts';
import { openLocalMailbox, type LocalMailbox } from '../local/open-local-mailbox.ts';
import { hasLocalMailbox, listLocalAccounts, localMailboxFolder } from '../store/sqlite/mail/local-mailboxes.ts';
import { openMailStore } from '../store/sqlite/mail/open-mail-store.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { readImportArguments, type ImportArguments } from './import-arguments.ts';
import { formatImportReport, jsonOfImportReport } from './import-summary.ts';
import { createProgressBar } from './progress-bar.ts';

/** Input that is not what it should be (`EX_DATAERR` of BSD sysexits). */
const exitUnreadable = 65;

/** The account that mail goes to when nobody ever named one. */
const defaultAccount = 'me@localhost';

/**
 * `gmail-llm import [--account ADDRESS] PATH…`: shows progress on stderr, then reports on stdout what became of every
 * message. Returns 0 when every file was read, also where single messages were unreadable; 65 when a file could not be
 * read, or not to its end; 130 when it was interrupted.
 * Throws `INVALID_INPUT` for wrong arguments, a missing path, and paths without any mail, `UNAVAILABLE` when the mailbox
 * cannot be written.
 */
export async function runImport(context: CommandContext): Promise<number> {
  const { home, environment, stdout, stderr } = context;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const asked = readImportArguments(context.arguments, timeZone);
  const emailAddress = chooseAccount(asked.account, environment, home.dataFolder);
  localMailboxFolder(home.dataFolder, emailAddress);
  // A mailbox that is made sends the demo mailbox away: not for a mistyped path.
  await requireMail(asked.paths);

  const startedMs = Date.now();
  const report = await importInto(emailAddress, asked, context, timeZone);
  const summary = {
    emailAddress,
    isDryRun: asked.isDryRun,
    isOnlyAccount: otherAccounts(home.dataFolder, emailAddress).length === 0,
    isUnnamedAccount: emailAddress === defaultAccount && asked.account === undefined,
    elapsedMs: Date.now() - startedMs,
  };
  const text = asked.isJson ? jsonOfImportReport(report, summary) : formatImportReport(report, summary);
  stdout.write(text);
  if (report.isInterrupted) {
    stderr.write(asked.isDryRun ? 'Interrupted.\n' : 'Interrupted. Run the same command again to go on from here.\n');
    return exitInterrupted;
  }
  return report.unreadableFiles === 0 ? 0 : exitUnreadable;
}

async function importInto(
  emailAddress: string,
  { paths, selection, isDryRun }: ImportArguments,
  { home, signal, terminal }: CommandContext,
  timeZone: string,
): Promise<ImportReport> {
  const bar = createProgressBar(terminal.stderr, Date.now);
  const mailbox =
    isDryRun && !hasLocalMailbox(home.dataFolder, emailAddress)
      ? undefined
      : openMailbox(home.dataFolder, emailAddress);
  try {
    return await importPaths({
      mailbox: isDryRun || mailbox === undefined ? dryRunTarget(mailbox) : mailbox,
      paths,
      selection,
      nowMs: Date.now(),
      timeZone,
      signal,
      onProgress: (done) => bar.update(done),
    });
  } finally {
    bar.clear();
    mailbox?.close();
  }
}

function openMailbox(dataFolder: string, emailAddress: string): LocalMailbox {
  return openLocalMailbox({ store: openMailStore(localMailboxFolder(dataFolder, emailAddress)), emailAddress });
}

function otherAccounts(dataFolder: string, emailAddress: string): readonly string[] {
  return listLocalAccounts(dataFolder).filter((address) => address !== demoAddress && address !== emailAddress);
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
