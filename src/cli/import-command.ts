import { parseConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import { importPaths, requireMail } from '../local/import/import-paths.ts';
import type { ImportReport } from '../local/import/import-report.ts';
import { dryRunTarget } from '../local/import/import-target.ts';
import { openLocalMailbox, type LocalMailbox } from '../local/open-local-mailbox.ts';
import { accountAddress } from '../store/mail/account-address.ts';
import type { Mailboxes } from '../store/mail/mailboxes.ts';
import { openHomeStores } from '../store/home-stores.ts';
import { boundYoungGeneration } from './bound-young-generation.ts';
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
  const { environment, home } = context;
  const stores = await openHomeStores(parseConfiguration(environment), home.dataFolder, Date.now);
  try {
    return await importWith(stores.mailboxes, context);
  } finally {
    await stores.close();
  }
}

async function importWith(mailboxes: Mailboxes, context: CommandContext): Promise<number> {
  const { environment, stdout, stderr } = context;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const asked = readImportArguments(context.arguments, timeZone);
  const emailAddress = accountAddress(await chooseAccount(asked.account, environment, mailboxes));
  // A mailbox that is made sends the demo mailbox away: not for a mistyped path.
  await requireMail(asked.paths);

  const startedMs = Date.now();
  const report = await importInto(mailboxes, emailAddress, asked, context, timeZone);
  const summary = {
    emailAddress,
    isDryRun: asked.isDryRun,
    isOnlyAccount: (await otherAccounts(mailboxes, emailAddress)).length === 0,
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
  mailboxes: Mailboxes,
  emailAddress: string,
  { paths, selection, isDryRun }: ImportArguments,
  { signal, terminal }: CommandContext,
  timeZone: string,
): Promise<ImportReport> {
  const bar = createProgressBar(terminal.stderr, Date.now);
  const mailbox =
    isDryRun && !(await mailboxes.has(emailAddress)) ? undefined : await openMailbox(mailboxes, emailAddress);
  try {
    return await importPaths({
      mailbox: isDryRun || mailbox === undefined ? dryRunTarget(mailbox) : mailbox,
      paths,
      selection,
      nowMs: Date.now(),
      timeZone,
      signal,
      onProgress: (done) => {
        bar.update(done);
        boundYoungGeneration();
      },
    });
  } finally {
    bar.clear();
    mailbox?.close();
  }
}

async function openMailbox(mailboxes: Mailboxes, emailAddress: string): Promise<LocalMailbox> {
  return openLocalMailbox({ store: await mailboxes.open(emailAddress), emailAddress });
}

async function otherAccounts(mailboxes: Mailboxes, emailAddress: string): Promise<readonly string[]> {
  return (await mailboxes.list()).filter((address) => address !== demoAddress && address !== emailAddress);
}

/** The account named; else the one that calls use by default; else the only one there is; else {@link defaultAccount}. */
async function chooseAccount(
  named: string | undefined,
  environment: CommandContext['environment'],
  mailboxes: Mailboxes,
): Promise<string> {
  const chosen = named?.toLowerCase() ?? parseConfiguration(environment).account;
  if (chosen === demoAddress) {
    throw new AppError('INVALID_INPUT', 'Real mail cannot be mixed with the demo mailbox.', {
      field: 'account',
      expected: 'an address of your own',
      got: chosen,
    });
  }
  if (chosen !== undefined) return chosen;
  const accounts = (await mailboxes.list()).filter((address) => address !== demoAddress);
  const [only = defaultAccount] = accounts;
  if (accounts.length <= 1) return only;
  throw new AppError('INVALID_INPUT', 'There are several accounts; name the one that the mail goes to.', {
    field: '--account',
    expected: accounts.join(' or '),
    got: 'nothing',
    hint: 'Give --account ADDRESS, or set GMAIL_ACCOUNT.',
  });
}
