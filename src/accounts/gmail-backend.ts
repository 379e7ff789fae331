import type { Configuration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import type { Home } from '../core/home.ts';
import { bearersAccount } from '../gmail/credential.ts';
import type { GmailConnections } from '../gmail/connect-gmail.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { openCredentialStore, type KeyedCredentialStore } from '../gmail/credentials/open-credential-store.ts';
import type { Backend } from './accounts.ts';

/**
 * The Gmail accounts that are logged in, or the one that `GMAIL_ACCESS_TOKEN` is of. A login made meanwhile is seen
 * without a restart. Google's libraries are loaded when the first account is opened.
 */
export function gmailBackend(configuration: Configuration, { dataFolder }: Home): Backend {
  const { account, accessToken } = configuration;
  let opened: KeyedCredentialStore | undefined;
  let connections: GmailConnections | undefined;
  /** The mailbox of a token whose account nobody has named, from when Google has told its address. */
  let bearersMailbox: Mailbox | undefined;
  const store = (): KeyedCredentialStore => (opened ??= openCredentialStore(dataFolder, configuration));

  function list(): readonly string[] {
    if (accessToken !== undefined) return [account ?? bearersMailbox?.emailAddress ?? bearersAccount];
    return store()
      .list()
      .map(({ emailAddress }) => emailAddress);
  }

  /** Throws `NOT_FOUND` for an account that never logged in, `REAUTH_REQUIRED` for one that has to do it again. */
  function check(emailAddress: string): void {
    if (accessToken !== undefined) {
      // Under any other name the policy, the limits and the log of that name would hold for this token's account.
      const known = account === undefined ? [bearersAccount, bearersMailbox?.emailAddress] : [account];
      if (known.includes(emailAddress)) return;
      throw new AppError('NOT_FOUND', `GMAIL_ACCESS_TOKEN is not known to be of ${emailAddress}.`, {
        field: 'account',
        expected: account ?? bearersMailbox?.emailAddress ?? 'no account: the one that the token is of',
        got: emailAddress,
        hint: 'Set GMAIL_ACCOUNT to the address that the token is of.',
      });
    }
    const accounts = store().list();
    const info = accounts.find((candidate) => candidate.emailAddress === emailAddress);
    if (info === undefined) {
      throw new AppError('NOT_FOUND', `There is no login of ${emailAddress}.`, {
        field: 'account',
        expected: accounts.map((candidate) => candidate.emailAddress).join(' or ') || 'an account that is logged in',
        got: emailAddress,
        hint: `Run \`gmail-llm login --account ${emailAddress}\`.`,
      });
    }
    if (info.reauthReason !== undefined) {
      throw new AppError(
        'REAUTH_REQUIRED',
        `Google no longer accepts the login of ${emailAddress}: ${info.reauthReason}`,
        {
          hint: `Run \`gmail-llm login --account ${emailAddress}\`.`,
        },
      );
    }
  }

  return {
    connectHint: 'Run `gmail-llm login`.',
    list,
    fallback: () => undefined,
    check,
    async open(emailAddress) {
      check(emailAddress);
      if (emailAddress === bearersMailbox?.emailAddress) return bearersMailbox;
      const { createGmailConnections } = await import('../gmail/connect-gmail.ts');
      connections ??= createGmailConnections({ configuration, dataFolder, store: store() });
      const mailbox = await connections.open(emailAddress);
      if (emailAddress === bearersAccount) bearersMailbox = mailbox;
      return mailbox;
    },
    close() {
      connections?.close();
      opened?.close();
    },
  };
}
