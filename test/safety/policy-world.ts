import type { TestContext } from 'node:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { createPolicyReader } from '../../src/safety/policy/read-policy.ts';
import type { Policy } from '../../src/safety/policy/policy.ts';
import type { MessageToSend } from '../../src/store/outbox/message-to-send.ts';
import { buildMail } from '../build-mail.ts';
import type { MailParts } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The account of these tests. */
export const owner = 'me@example.org';

/** A policy file and a local mailbox that it is about. */
export interface PolicyWorld {
  readonly file: string;
  readonly policy: (account: string) => Policy;
  readonly mailbox: LocalMailbox;
  /** Writes the policy file, as a value or as a text. */
  readonly write: (policy: object | string) => void;
}

/** Both in a folder of the test's own; there is no policy file yet, and the mailbox is opened when it is asked for. */
export function policyWorld(t: Pick<TestContext, 'after'>): PolicyWorld {
  const folder = temporaryFolder(t);
  const file = join(folder, 'policy.json');
  let opened: LocalMailbox | undefined;
  t.after(() => opened?.close());
  return {
    file,
    get mailbox() {
      return (opened ??= openLocalMailbox({ store: openMailStore(join(folder, 'mailbox')), emailAddress: owner }));
    },
    policy: createPolicyReader(file),
    write: (policy) => writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy)),
  };
}

/** A message to these recipients, as an operation hands it to the outbox; `written` is what its bytes say beside. */
export function messageTo(
  to: readonly string[],
  more: Partial<MessageToSend> & { readonly written?: MailParts } = {},
): MessageToSend {
  const { written, ...fields } = more;
  return {
    raw: buildMail({ from: owner, to: to.join(', '), subject: 'Hello', ...written }),
    from: owner,
    to,
    cc: [],
    bcc: [],
    subject: 'Hello',
    text: 'Hello',
    attachments: [],
    warnings: [],
    contentHash: '0'.repeat(64),
    ...fields,
  };
}
