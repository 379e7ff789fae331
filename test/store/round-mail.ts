import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { done, logIn } from '../cli/command-harness.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { mbox, type Environment } from '../support/hosts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { bob, me, type RoundWork } from './round-work.ts';

/** Where the mail of the rounds is: {@link me}, who sends, and {@link bob}, who gets it. */
export interface RoundMail {
  /** What every host needs for it. */
  readonly variables: Environment;
  /** Fills the mailboxes by commands of a host. */
  readonly fill: (host: Environment) => Promise<void>;
  /** The subjects of what has come to `bob`, the newest first. */
  readonly arrived: (work: RoundWork) => Promise<readonly string[]>;
}

export const ownMessages = 30;

/** Mailboxes in the hosts' database. */
export function localMail(context: Pick<TestContext, 'after'>): RoundMail {
  const file = join(temporaryFolder(context), 'mbox');
  writeFileSync(file, mbox(ownMessages));
  return {
    variables: {},
    async fill(host) {
      for (const account of [me, bob]) await done(['import', '--account', account, file], host);
    },
    arrived: async (work) => (await work.find(bob, '')).map(({ subject }) => String(subject)),
  };
}

/** Accounts of an emulator in this process: `bob` is looked at past the API. */
export async function liveMail(context: Pick<TestContext, 'after'>): Promise<RoundMail> {
  const unitsPerMinute = 10_000_000;
  const emulator = await startTestEmulator(context, { emailAddresses: [me, bob], settings: { unitsPerMinute } });
  const { rootUrl, account } = emulator;
  return {
    variables: {
      GMAIL_BACKEND: 'gmail',
      GMAIL_GRANTS: 'all',
      GMAIL_QUOTA_UNITS_PER_MINUTE: String(unitsPerMinute),
      GMAIL_API_ROOT_URL: rootUrl,
      GMAIL_OAUTH_ROOT_URL: rootUrl,
      GMAIL_CLIENT_ID: account.clientId,
      GMAIL_CLIENT_SECRET: account.clientSecret,
    },
    async fill(host) {
      for (let number = 0; number < ownMessages; number += 1) {
        const mail = buildMail({ subject: `Quaternion ${number}`, messageId: `${number}@example.org` });
        await emulator.deliver(me, mail);
      }
      const login = await logIn(host);
      assert.equal(login.code, 0, login.stderr);
    },
    async arrived() {
      const subjects: string[] = [];
      let pageToken: string | undefined;
      do {
        const place = pageToken === undefined ? {} : { pageToken };
        const search = { query: { kind: 'all' }, includeSpamTrash: true, maxResults: 500 } as const;
        const page = await emulator.mailbox(bob).searchMessages({ ...search, ...place });
        subjects.push(...page.messages.map(({ subject }) => subject));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return subjects;
    },
  };
}
