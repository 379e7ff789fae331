import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyMirror, digestMirror } from '../../accounts/mirror/copy-mirror.ts';
import { AppError } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';
import { compareDigests, digestMailbox } from '../../local/migrate/compare-mailboxes.ts';
import { copyMailbox, type CopyOptions, type CopyReport } from '../../local/migrate/copy-mailbox.ts';
import { readSettings } from '../../core/settings.ts';
import { fileTokens } from '../../safety/tokens/tokens.ts';
import { putSharedTokens, sharedTokens } from '../../safety/tokens/shared-tokens.ts';
import { putFileTokens } from '../../safety/tokens/token-store.ts';
import type { HomeStores } from '../../store/home-stores.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import type { Mailboxes } from '../../store/mail/mailboxes.ts';
import { listSharedSettings } from '../../store/records/shared-settings.ts';
import { copiedTables, copyTable, type CopiedSubject } from '../../store/sql/copy-tables.ts';
import type { Progress } from '../progress-bar.ts';
import { writeSettings } from '../write-settings.ts';
import { refuseChanged, removeLeftovers, type Leftovers } from './leftovers.ts';

/** What the copy of one mailbox or mirror came to. */
export type MovedAccount = CopyReport & { readonly account: string; readonly messages: number; readonly hash: string };

/** What a move came to, an account each, and rows by table. */
export interface MoveReport {
  /** Local mailboxes. */
  readonly accounts: readonly MovedAccount[];
  /** Mirrors of live accounts. */
  readonly mirrors: readonly MovedAccount[];
  readonly leftovers: Leftovers;
  readonly rows: Readonly<Record<string, number>>;
  readonly auditEntries: number;
  /** Settings that all hosts share and this home has otherwise, as it always did or since an earlier run: its own hold. */
  readonly unlikeSettings: readonly string[];
}

interface MoveOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (phase: string, progress: Progress) => void;
}

/**
 * Copies everything that the processes of a home share from one store to another, and compares what arrived. Run again it
 * copies what differs. Throws `CONFLICT` where the copy is not the same, the signal's reason when it is stopped.
 */
export async function moveHome(
  home: Pick<Home, 'folder' | 'dataFolder'>,
  { from, to }: { readonly from: HomeStores; readonly to: HomeStores },
  options: MoveOptions,
): Promise<MoveReport> {
  const leftovers = await removeLeftovers(from.mailboxes, to.mailboxes);
  const accounts = await moveAll(from.mailboxes, to.mailboxes, options, {
    async copy(source, target, how) {
      await refuseChanged(how.owner, source, target);
      return copyMailbox(source, target, how);
    },
    digest: digestMailbox,
  });
  const mirrors = await moveAll(from.mirrors, to.mirrors, options, { copy: copyMirror, digest: digestMirror });
  const rows = await copySubjects(from, to);
  const unlikeSettings = await copyLedgers(home, from, to);
  const broken = await to.safety.audit().findBreak();
  if (broken !== undefined) {
    throw new AppError('CONFLICT', `Entry ${broken} of the audit log does not follow from those before it.`, {
      hint: 'gmail-llm audit --verify says whether the log was broken before. What was copied stays; the source was not changed.',
    });
  }
  return { accounts, mirrors, leftovers, rows, auditEntries: rows.entry ?? 0, unlikeSettings };
}

type Copied = Pick<Mailboxes, 'list' | 'open'>;

/** Copies mailboxes, or mirrors, one after the other, and compares each with its source. */
async function moveAll<Digest extends { readonly messages: number; readonly hash: string }>(
  from: Copied,
  to: Copied,
  { signal, onProgress }: MoveOptions,
  how: {
    readonly copy: (from: MailStore, to: MailStore, options: CopyOptions) => Promise<CopyReport>;
    readonly digest: (store: MailStore, signal: AbortSignal) => Promise<Digest>;
  },
): Promise<readonly MovedAccount[]> {
  const moved: MovedAccount[] = [];
  const addresses = await from.list();
  for (const [index, owner] of addresses.entries()) {
    const [source, target] = [await from.open(owner), await to.open(owner)];
    const phase = `${owner} (${index + 1} of ${addresses.length})`;
    try {
      const { messagesTotal } = await source.once((rows) => rows.totals());
      const progress = (done: { messages: number; bytes: number }): Progress => ({
        doneBytes: done.bytes,
        totalBytes: Math.round((done.bytes / Math.max(1, done.messages)) * Math.max(done.messages, messagesTotal)),
        found: done.messages,
      });
      const report = await how.copy(source, target, {
        owner,
        signal,
        onProgress: (done) => onProgress(phase, progress(done)),
      });
      const { messages, hash } = compareDigests(
        owner,
        await how.digest(source, signal),
        await how.digest(target, signal),
      );
      moved.push({ account: owner, ...report, messages, hash });
    } finally {
      source.close();
      target.close();
    }
  }
  return moved;
}

const subjects = Object.keys(copiedTables).filter((name): name is CopiedSubject => Object.hasOwn(copiedTables, name));

async function copySubjects(from: HomeStores, to: HomeStores): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const subject of subjects) {
    // Opening would make them.
    if (subject === 'logins' && !from.live.hasLogins()) continue;
    const [source, target] = [from.tables(subject), to.tables(subject)];
    try {
      for (const table of copiedTables[subject]) counts[table.name] = await copyTable(source, target, table);
    } finally {
      source.close();
      target.close();
    }
  }
  return counts;
}

/**
 * Tokens, the policy, and what hosts share of their settings, of which it returns those that this home has otherwise. Sessions,
 * links and uploads are not worth it.
 */
async function copyLedgers(
  { folder, dataFolder }: Pick<Home, 'folder' | 'dataFolder'>,
  from: HomeStores,
  to: HomeStores,
): Promise<readonly string[]> {
  const policyFile = join(folder, 'policy.json');
  if (to.shared !== undefined) {
    const tokens = fileTokens(dataFolder);
    await putSharedTokens(to.shared, { owner: await tokens.owner(), tokens: await tokens.list() }, Date.now());
    if (!existsSync(policyFile)) return [];
    await to.shared.records.put('policy', { name: 'policy', body: readFileSync(policyFile, 'utf8'), atMs: Date.now() });
  } else if (from.shared !== undefined) {
    const tokens = sharedTokens(from.shared, Date.now);
    putFileTokens(dataFolder, { owner: await tokens.owner(), tokens: await tokens.list() });
    const policy = await from.shared.records.get('policy', 'policy');
    if (policy !== undefined) writeFileSync(policyFile, policy.body, { mode: 0o600 });
    // What limited all hosts limits the one that is left; what it says itself has always won.
    const own = readSettings(folder).values;
    const unlike: string[] = [];
    for (const [name, value] of await listSharedSettings(from.shared.records)) {
      if ((own.get(name) ?? '') === '') writeSettings(folder, name, value);
      else if (own.get(name) !== value) unlike.push(name);
    }
    return unlike;
  }
  return [];
}
