import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';
import { isJsonObject } from '../../core/json-object.ts';
import { openLocalMailbox } from '../../local/open-local-mailbox.ts';
import type { HomeStores } from '../../store/home-stores.ts';
import type { MailFault } from '../../store/mail/mail-check.ts';
import { localMailboxFolder } from '../../store/sqlite/mail/local-mailboxes.ts';
import { mailFileName, rawFileName } from '../../store/sqlite/mail/open-mail-store.ts';
import { structuralFaults } from '../../store/sqlite/snapshot.ts';
import { listHomeFiles } from '../backup/home-files.ts';
import type { Progress } from '../progress-bar.ts';
import { missingFiles } from './missing-files.ts';

/** How a home is checked. */
export interface CheckOptions {
  readonly repair: boolean;
  /** Whether the bytes of every message are read. */
  readonly readsBytes: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Something that is not as it should be. */
export interface Finding {
  /** The file or the account. */
  readonly where: string;
  readonly what: string;
  readonly isRepaired: boolean;
  readonly hint: string;
}

/** What was looked at, and what was found. */
export interface CheckReport {
  readonly databases: number;
  readonly accounts: readonly { readonly account: string; readonly messages: number; readonly bytes: number }[];
  readonly auditEntries: number;
  readonly outboxEntries: number;
  readonly findings: readonly Finding[];
}

function fromBackup({ shared }: HomeStores): string {
  if (shared !== undefined) return 'Restore the database from a backup of PostgreSQL.';
  return 'Restore it from a backup: gmail-llm restore FILE --force.';
}

type Found = (where: string, what: string, hint: string, isRepaired?: boolean) => void;

/** Checks everything that a home stores, and repairs what can be where that is asked for. Throws the signal's reason. */
export async function checkHome(home: Home, stores: HomeStores, options: CheckOptions): Promise<CheckReport> {
  const findings: Finding[] = [];
  const found: Found = (where, what, hint, isRepaired = false) => {
    findings.push({ where, what, hint, isRepaired });
  };
  const { isSound, databases } = checkFiles(home, stores, options.signal, found);
  if (stores.shared === undefined) {
    for (const { path, what } of missingFiles(home)) found(path, what, fromBackup(stores));
  }
  const accounts: CheckReport['accounts'][number][] = [];
  for (const account of await stores.mailboxes.list()) {
    const folder = localMailboxFolder(home.dataFolder, account);
    if (![mailFileName, rawFileName].every((name) => isSound(join(folder, name)))) continue;
    const { size, faults } = await checkAccount(account, stores, options);
    accounts.push({ account, ...size });
    for (const { what, count, examples, repair } of faults) {
      const of = examples.length === 0 ? '' : ` (${examples.join(', ')}${count > examples.length ? ', …' : ''})`;
      const hint =
        repair === undefined
          ? `${fromBackup(stores)} Or import the mail again.`
          : 'gmail-llm check --repair puts it right.';
      found(account, `${what}: ${count}${of}`, hint, options.repair && repair !== undefined);
    }
  }
  const hasAudit = isSound(join(home.dataFolder, 'audit.db'));
  return {
    databases,
    accounts,
    auditEntries: hasAudit ? await checkAudit(stores, found) : 0,
    outboxEntries: isSound(join(home.dataFolder, 'outbox.db'))
      ? await checkOutbox(stores, found)
      : await checkLostOutbox(stores, hasAudit, found),
    findings,
  };
}

/** Looks into the structure of each SQLite file; PostgreSQL looks after its own. `isSound` says whether a file is there and whole. */
function checkFiles(
  home: Home,
  stores: HomeStores,
  signal: AbortSignal,
  found: Found,
): { readonly databases: number; readonly isSound: (file: string) => boolean } {
  const files = listHomeFiles(home, { withSecrets: true }).filter(({ isDatabase }) => isDatabase);
  const damaged = new Set<string>();
  for (const { path } of files) {
    signal.throwIfAborted();
    const [fault] = structuralFaults(join(home.folder, path));
    if (fault === undefined) continue;
    damaged.add(join(home.folder, path));
    found(path, fault, fromBackup(stores));
  }
  if (stores.shared !== undefined) return { databases: files.length + 1, isSound: () => true };
  return { databases: files.length, isSound: (file) => existsSync(file) && !damaged.has(file) };
}

async function checkAccount(
  account: string,
  { mailboxes }: HomeStores,
  { repair, readsBytes, signal, onProgress }: CheckOptions,
): Promise<{
  readonly size: { readonly messages: number; readonly bytes: number };
  readonly faults: readonly MailFault[];
}> {
  const check = await mailboxes.check(account);
  try {
    const { size } = check;
    const onBytes = (doneBytes: number): void => {
      onProgress({ doneBytes, totalBytes: size.bytes, found: Math.round((doneBytes / size.bytes) * size.messages) });
    };
    const faults = await (readsBytes ? check.run(signal, onBytes) : check.run(signal));
    if (!repair) return { size, faults };
    for (const fault of faults) await fault.repair?.();
    await renewIndex(account, mailboxes, signal);
    return { size, faults };
  } finally {
    check.close();
  }
}

/** Makes the content of messages again where a repair, or an older version, left that to be done. */
async function renewIndex(
  emailAddress: string,
  mailboxes: HomeStores['mailboxes'],
  signal: AbortSignal,
): Promise<void> {
  const mailbox = openLocalMailbox({ store: await mailboxes.openExisting(emailAddress), emailAddress });
  try {
    await mailbox.renewContent(() => signal.aborted);
    signal.throwIfAborted();
  } finally {
    mailbox.close();
  }
}

/** How many entries the audit log has. */
async function checkAudit({ safety, shared }: HomeStores, found: Found): Promise<number> {
  const log = safety.audit();
  const [last] = await log.list({ limit: 1 });
  let broken: number | undefined;
  try {
    broken = await log.findBreak();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    found('audit-head.json', error.message, error.details.hint ?? 'Compare with a backup.');
  }
  if (broken !== undefined) {
    const what = `entry ${broken} does not follow from those before it: the log was changed`;
    found(shared === undefined ? 'audit.db' : 'audit log', what, 'Compare with a backup.');
  }
  return last?.sequence ?? 0;
}

/** Says that `outbox.db` is missing, where the audit log knows of a send in it. */
async function checkLostOutbox({ safety }: HomeStores, hasAudit: boolean, found: Found): Promise<number> {
  if (safety.hasOutbox() || !hasAudit) return 0;
  const entries = await safety.audit().list({ limit: Number.MAX_SAFE_INTEGER });
  if (entries.some(({ facts: { target } }) => isJsonObject(target) && target.outboxId !== undefined)) {
    found(
      'data/outbox.db',
      'is missing, and the audit log has sends of it',
      'Restore it from a backup, or see `gmail-llm audit`.',
    );
  }
  return 0;
}

/** How many sends the outbox has, each of which is read. */
async function checkOutbox(stores: HomeStores, found: Found): Promise<number> {
  try {
    return (await stores.safety.outbox().list({ limit: Number.MAX_SAFE_INTEGER })).length;
  } catch (error) {
    const where = stores.shared === undefined ? 'outbox.db' : 'outbox';
    found(where, `an entry cannot be read: ${messageOf(error)}`, fromBackup(stores));
    return 0;
  }
}
