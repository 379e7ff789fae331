import type { TestContext } from 'node:test';
import type { IncomingMessage } from '../../src/local/arrival/incoming.ts';
import type { LocalMailbox, LocalMailboxOptions } from '../../src/local/open-local-mailbox.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { MailParts } from '../build-mail.ts';
import { buildMail } from '../build-mail.ts';

/** The owner of every mailbox in these tests. */
export const emailAddress = 'me@example.org';

/** An open mailbox in a folder, closed behind the test. */
export function openMailbox(
  t: Pick<TestContext, 'after'>,
  folder: string,
  options: Partial<LocalMailboxOptions> = {},
): LocalMailbox {
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress, ...options });
  t.after(() => mailbox.close());
  return mailbox;
}

/** A made-up message on its way in. */
export async function incoming(
  mail: MailParts & {
    readonly receivedMs?: number;
    readonly labels?: readonly string[];
    readonly gmailThreadId?: string;
  },
): Promise<IncomingMessage> {
  const raw = buildMail(mail);
  return {
    raw,
    parsed: await parseMime(raw),
    internalDateMs: mail.receivedMs ?? Date.UTC(2026, 5, 15, 12),
    labels: mail.labels ?? ['INBOX'],
    ...(mail.gmailThreadId === undefined ? {} : { gmailThreadId: mail.gmailThreadId }),
  };
}

/** Messages that differ in their number alone: the same numbers make the same messages. */
export async function numbered(count: number, from = 0): Promise<readonly IncomingMessage[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const number = from + index;
      return incoming({ messageId: `${number}@x`, text: `number ${number}`, receivedMs: 1e12 + number * 7 });
    }),
  );
}
