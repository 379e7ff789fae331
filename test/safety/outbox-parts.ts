import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { runInContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { createChannel } from '../../src/gmail/channel/create-channel.ts';
import { openSharedState } from '../gmail/open-shared-state.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { openGmailMailbox } from '../../src/gmail/open-gmail-mailbox.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { AuditLog } from '../../src/store/audit/audit-log.ts';
import { createOutbox, type Outbox, type Sender } from '../../src/safety/outbox/outbox.ts';
import type { OutboxStore } from '../../src/store/outbox/outbox-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { openPostgresAudit, openPostgresOutbox } from '../../src/store/postgres/open-shared-stores.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { openSqliteOutbox } from '../../src/store/sqlite/outbox/open-outbox-store.ts';
import { createPolicyReader } from '../../src/safety/policy/read-policy.ts';
import type { Actor } from '../../src/core/actor.ts';
import type { MessageToSend } from '../../src/store/outbox/message-to-send.ts';
import type { SendOutcome } from '../../src/safety/sending.ts';

export const account = 'me@example.org';

type Cleaning = Pick<TestContext, 'after'>;

/** A message as an operation hands it to the outbox. Two of one subject are the same message. */
export function messageOf(subject: string, changes: Partial<MessageToSend> = {}): MessageToSend {
  const to = changes.to ?? ['ann@example.net'];
  const text = `About ${subject}.`;
  const header = `From: ${account}\r\nTo: ${to.join(', ')}\r\nSubject: ${subject}\r\nMessage-ID: <${randomUUID()}@x>`;
  const date = 'Date: Sun, 22 Nov 2026 10:00:00 +0000';
  return {
    raw: Buffer.from(`${header}\r\n${date}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`),
    from: account,
    to,
    cc: [],
    bcc: [],
    subject,
    text,
    attachments: [],
    warnings: [],
    contentHash: createHash('sha256')
      .update(JSON.stringify([subject, to]))
      .digest('hex'),
    ...changes,
  };
}

/** An outbox of a home, as one process has it. */
export interface TestOutbox {
  readonly home: string;
  readonly store: OutboxStore;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  /** Moves this process's clock. */
  readonly pass: (durationMs: number) => void;
  readonly setPolicy: (policy: object) => void;
  /** One round of the background work; answers its errors, too. */
  readonly work: (mailbox: Mailbox) => Promise<{ readonly turns: number; readonly errors: readonly unknown[] }>;
}

/** Where the address of a home's database is, for a home on PostgreSQL. */
export function addressFile(home: string): string {
  return join(home, 'postgres');
}

function openStores(context: Cleaning, home: string, now: () => number): { store: OutboxStore; audit: AuditLog } {
  if (existsSync(addressFile(home))) {
    const database = postgresAt(readFileSync(addressFile(home), 'utf8'));
    context.after(() => database.close());
    const audit = openPostgresAudit(database, now);
    return { audit, store: openPostgresOutbox(database, () => audit, now) };
  }
  const audit = openSqliteAuditLog(join(home, 'data', 'audit.db'), now);
  const store = openSqliteOutbox(join(home, 'data', 'outbox.db'), () => audit, now);
  context.after(() => {
    store.close();
    audit.close();
  });
  return { audit, store };
}

/** Opens the outbox of a home. `parts` may stand in front of what the outbox writes to. */
export function openTestOutbox(
  context: Cleaning,
  home: string,
  wrap: (parts: { store: OutboxStore; audit: AuditLog }) => { store: OutboxStore; audit: AuditLog } = (parts) => parts,
): TestOutbox {
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const { audit, store } = openStores(context, home, now);
  const policyFile = join(home, 'policy.json');
  const outbox = createOutbox({ ...wrap({ store, audit }), policy: createPolicyReader(policyFile), now });
  return {
    home,
    store,
    audit,
    outbox,
    pass(durationMs) {
      passedMs += durationMs;
    },
    setPolicy: (policy) => writeFileSync(policyFile, JSON.stringify(policy)),
    async work(mailbox) {
      const errors: unknown[] = [];
      const turns = await outbox.work({
        open: () => Promise.resolve(mailbox),
        signal: new AbortController().signal,
        onError: (_, error) => errors.push(error),
      });
      return { turns, errors };
    },
  };
}

/** A local mailbox of its own folder. */
export function openTestMailbox(context: Cleaning, folder: string): Mailbox {
  const mailbox = openLocalMailbox({ store: openMailStore(join(folder, 'mailbox')), emailAddress: account });
  context.after(() => mailbox.close());
  return mailbox;
}

/** The live backend on an emulator, as one process of a home has it. */
export function openEmulatedMailbox(
  context: Cleaning,
  home: string,
  emulator: { readonly rootUrl: string; readonly accessToken: string },
): Mailbox {
  const configuration = parseConfiguration({
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_ACCESS_TOKEN: emulator.accessToken,
    GMAIL_QUOTA_UNITS_PER_MINUTE: '10000000',
  });
  const dataFolder = join(home, 'data');
  const store = openCredentialStore(dataFolder, configuration);
  const state = openSharedState(dataFolder);
  const channel = createChannel({ account, store, state, configuration });
  const mailbox = openGmailMailbox({ emailAddress: account, channel, apiRootUrl: emulator.rootUrl, cache: undefined });
  context.after(async () => {
    mailbox.close();
    await state.close();
    store.close();
  });
  return mailbox;
}

/** Somebody who sends with a mailbox. */
export function senderOf(mailbox: Mailbox, actor: Partial<Actor> = {}): Sender {
  return {
    mailbox,
    reader: mailbox,
    operation: 'send_message',
    actor: { transport: 'rest', requestId: 'test', ...actor },
  };
}

/** Runs work with the patience of a caller. */
export function asCaller<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  return runInContext({ requestId: 'test', transport: 'rest', deadlineMs: performance.now() + patienceMs }, work);
}

/** How a send was answered: its state, or the code of its error. */
export async function answerOf(sending: Promise<SendOutcome>): Promise<string> {
  try {
    return (await sending).state;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** How many messages of each subject are in SENT. */
export async function countSent(mailbox: Mailbox): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let pageToken: string | undefined;
  do {
    const page = await mailbox.searchMessages({
      query: { kind: 'label', label: 'SENT' },
      maxResults: 500,
      includeSpamTrash: true,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    for (const { subject } of page.messages) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return counts;
}

/** Faults of the audit log: attempts without exactly one end, and whether its chain is broken. */
export async function auditFaults(audit: AuditLog): Promise<readonly string[]> {
  const lines = await audit.list({ limit: 1_000_000 });
  const ends = new Map<number, number>();
  for (const { of } of lines) if (of !== undefined) ends.set(of, (ends.get(of) ?? 0) + 1);
  const faults = lines
    .filter(({ event, sequence }) => event === 'begun' && ends.get(sequence) !== 1)
    .map(({ sequence, facts }) => `${String(facts.method)} ${sequence} has ${ends.get(sequence) ?? 0} ends`);
  const broken = await audit.findBreak();
  return broken === undefined ? faults : [...faults, `broken at ${broken}`];
}
