import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { buildMail } from '../build-mail.ts';
import type { MailParts } from '../build-mail.ts';

/** A message as a test puts it into a mailbox. */
export interface TestMail extends MailParts {
  /** Ids of system labels and names of user labels. */
  readonly labels?: readonly string[];
  /** When it was received, milliseconds since 1970. */
  readonly receivedMs?: number;
}

/** What a backend may legitimately refuse. */
interface Capabilities {
  /** Send-as addresses, forwarding addresses and delegates can be made; else that is `FORBIDDEN`. */
  readonly settingsSharing: boolean;
}

/** A mailbox of `me@example.org`, empty at first, with a way to put mail in from outside. */
interface MailboxUnderTest {
  readonly mailbox: Mailbox;
  readonly capabilities: Capabilities;
  /** Stores the messages and answers their ids in the same order. */
  readonly deliver: (
    mails: readonly { raw: Uint8Array; receivedMs: number; labels: readonly string[] }[],
  ) => Promise<readonly string[]>;
}

/** Makes an empty mailbox for one test and cleans up behind it. */
export type OpenMailbox = (t: TestContext) => Promise<MailboxUnderTest>;

/** The owner of every mailbox under test. */
export const owner = 'me@example.org';
/** A day at noon, UTC. */
export const noonMs = Date.UTC(2026, 5, 15, 12);
export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;
/** An id in Gmail's form that no message has. */
export const unknownId = '00000000deadbeef';
/** More than any of these tests has. */
export const onePage = { maxResults: 100 };

/** A mailbox with mail in it. */
interface Filled {
  readonly mailbox: Mailbox;
  readonly capabilities: Capabilities;
  readonly ids: readonly string[];
  readonly add: (mails: readonly TestMail[]) => Promise<readonly string[]>;
}

/** Opens mailboxes with messages in them, a minute apart unless they say when. */
export type OpenWithMail = (t: TestContext, mails?: readonly TestMail[]) => Promise<Filled>;

export function withMailIn(open: OpenMailbox): OpenWithMail {
  return async (t, mails = []) => {
    const { mailbox, capabilities, deliver } = await open(t);
    let delivered = 0;
    const add = (more: readonly TestMail[]): Promise<readonly string[]> =>
      deliver(
        more.map((mail, index) => ({
          // Two messages with the same bytes would be one.
          raw: buildMail({ messageId: `${(delivered += 1)}@made-up.example`, ...mail }),
          receivedMs: mail.receivedMs ?? noonMs + index * minuteMs,
          labels: mail.labels ?? ['INBOX'],
        })),
      );
    return { mailbox, capabilities, ids: await add(mails), add };
  };
}

export function query(text: string): ReturnType<typeof parseQuery> {
  return parseQuery(text, { emailAddress: owner, nowMs: noonMs, timeZone: 'UTC' });
}

export function idsOf(messages: readonly { readonly id: string }[]): string[] {
  return messages.map(({ id }) => id);
}

export async function find(mailbox: Mailbox, text: string): Promise<readonly string[]> {
  const page = await mailbox.searchMessages({ ...onePage, query: query(text), includeSpamTrash: false });
  return idsOf(page.messages);
}

/** The labels that a message has now, sorted. */
export async function labelsOf(mailbox: Mailbox, id: string): Promise<readonly string[]> {
  return [...(await mailbox.getMessage(id)).summary.labelIds].toSorted();
}

/** Walks every page and answers all entries. `between` runs after each page but the last. */
export async function allPages<Page extends { readonly nextPageToken?: string }, Entry>(
  read: (token: { readonly pageToken?: string }) => Promise<Page>,
  entries: (page: Page) => readonly Entry[],
  between: (page: Page) => Promise<unknown> = async () => undefined,
): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  let page = await read({});
  for (;;) {
    found.push(...entries(page));
    if (page.nextPageToken === undefined) return found;
    await between(page);
    page = await read({ pageToken: page.nextPageToken });
  }
}

export async function assertFails(work: Promise<unknown>, code: ErrorCode, field?: string): Promise<AppError> {
  const error: unknown = await work.then(
    () => assert.fail(`expected ${code}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  if (field !== undefined) assert.equal(error.details.field, field);
  return error;
}
