import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';
import { listLocalAccounts, localMailboxFolder } from '../../store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../local/open-local-mailbox.ts';
import { auditHeadFiles, auditHeadIn } from '../../store/sqlite/audit/audit-head.ts';
import { openSqliteAuditLog } from '../../store/sqlite/audit/open-audit-log.ts';
import { openSqliteOutbox } from '../../store/sqlite/outbox/open-outbox-store.ts';
import { openMailCheck, type MailFault } from '../../store/sqlite/mail/check-mail.ts';
import { openMailStore } from '../../store/sqlite/mail/open-mail-store.ts';
import { structuralFaults } from '../../store/sqlite/snapshot.ts';
import { listHomeFiles } from '../backup/home-files.ts';
import type { Progress } from '../progress-bar.ts';

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

const fromBackup = 'Restore it from a backup: gmail-llm restore FILE --force.';

/** Checks everything that a home stores, and repairs what can be where that is asked for. Throws the signal's reason. */
export async function checkHome(home: Home, options: CheckOptions): Promise<CheckReport> {
  const findings: Finding[] = [];
  const found = (where: string, what: string, hint: string, isRepaired = false): void => {
    findings.push({ where, what, hint, isRepaired });
  };
  const databases = listHomeFiles(home, { withSecrets: true }).filter(({ isDatabase }) => isDatabase);
  const damaged = new Set<string>();
  for (const { path } of databases) {
    options.signal.throwIfAborted();
    const [fault] = structuralFaults(join(home.folder, path));
    if (fault === undefined) continue;
    damaged.add(join(home.folder, path));
    found(path, fault, fromBackup);
  }
  const isSound = (file: string): boolean => existsSync(file) && !damaged.has(file);

  const accounts: CheckReport['accounts'][number][] = [];
  for (const account of listLocalAccounts(home.dataFolder)) {
    const folder = localMailboxFolder(home.dataFolder, account);
    if (!['mailbox.db', 'raw.db'].every((name) => isSound(join(folder, name)))) {
      if (!existsSync(join(folder, 'raw.db')))
        found(account, 'raw.db, the bytes of its messages, is missing', fromBackup);
      continue;
    }
    const { size, faults } = await checkAccount(account, folder, options);
    accounts.push({ account, ...size });
    for (const { what, count, examples, repair } of faults) {
      const of = examples.length === 0 ? '' : ` (${examples.join(', ')}${count > examples.length ? ', …' : ''})`;
      const hint =
        repair === undefined ? `${fromBackup} Or import the mail again.` : 'gmail-llm check --repair puts it right.';
      found(account, `${what}: ${count}${of}`, hint, options.repair && repair !== undefined);
    }
  }
  return {
    databases: databases.length,
    accounts,
    auditEntries: await checkAudit(join(home.dataFolder, 'audit.db'), isSound, found),
    outboxEntries: await checkOutbox(home.dataFolder, isSound, found),
    findings,
  };
}

async function checkAccount(
  account: string,
  folder: string,
  { repair, readsBytes, signal, onProgress }: CheckOptions,
): Promise<{
  readonly size: { readonly messages: number; readonly bytes: number };
  readonly faults: readonly MailFault[];
}> {
  const check = openMailCheck(folder);
  try {
    const { size } = check;
    const onBytes = (doneBytes: number): void => {
      onProgress({ doneBytes, totalBytes: size.bytes, found: Math.round((doneBytes / size.bytes) * size.messages) });
    };
    const faults = await (readsBytes ? check.run(signal, onBytes) : check.run(signal));
    if (!repair) return { size, faults };
    for (const fault of faults) fault.repair?.();
    await renewIndex(account, folder, signal);
    return { size, faults };
  } finally {
    check.close();
  }
}

/** Makes the content of messages again where a repair, or an older version, left that to be done. */
async function renewIndex(emailAddress: string, folder: string, signal: AbortSignal): Promise<void> {
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
  try {
    await mailbox.renewContent(() => signal.aborted);
    signal.throwIfAborted();
  } finally {
    mailbox.close();
  }
}

type Found = (where: string, what: string, hint: string) => void;

/** How many entries the audit log has. */
async function checkAudit(file: string, isSound: (file: string) => boolean, found: Found): Promise<number> {
  if (!isSound(file)) return 0;
  const head = auditHeadIn(join(dirname(file), '..', auditHeadFiles[0]));
  const log = openSqliteAuditLog(file, Date.now, head);
  try {
    const broken = await log.findBreak();
    const [last] = await log.list({ limit: 1 });
    if (broken !== undefined) {
      found(
        'audit.db',
        `entry ${broken} does not follow from those before it: the log was changed`,
        'Compare with a backup.',
      );
    }
    return last?.sequence ?? 0;
  } finally {
    log.close();
  }
}

/** How many sends the outbox has, each of which is read. */
async function checkOutbox(dataFolder: string, isSound: (file: string) => boolean, found: Found): Promise<number> {
  const file = join(dataFolder, 'outbox.db');
  if (!isSound(file)) return 0;
  const audit = () => openSqliteAuditLog(join(dataFolder, 'audit.db'), Date.now);
  const outbox = openSqliteOutbox(file, audit, Date.now);
  try {
    return (await outbox.list({ limit: Number.MAX_SAFE_INTEGER })).length;
  } catch (error) {
    found('outbox.db', `an entry cannot be read: ${messageOf(error)}`, fromBackup);
    return 0;
  } finally {
    outbox.close();
  }
}
