import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { buildMail } from '../build-mail.ts';
import { loginOf } from '../gmail/channel-parts.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const account = 'me@example.org';

/** A home on an emulator with a login, and the accounts of as many processes as are asked for. */
async function startHome(t: TestContext) {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 1_000_000 } });
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const configuration = parseConfiguration({
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
  });
  const store = openCredentialStore(home.dataFolder, configuration);
  await store.save(loginOf(emulator.account));
  store.close();
  const startProcess = () => {
    const stores = sqliteHomeStores(home.dataFolder, Date.now);
    const accounts = createAccounts(configuration, selectBackend(configuration, home, Date.now, stores));
    t.after(async () => {
      await accounts.close();
      await stores.close();
    });
    return { accounts, feed: stores.feed.feed() };
  };
  return { emulator, startProcess };
}

const search = (mailbox: Mailbox) =>
  mailbox.searchMessages({
    query: parseQuery('', { emailAddress: account, nowMs: Date.now(), timeZone: 'UTC' }),
    includeSpamTrash: false,
    maxResults: 10,
  });

test('history that is read brings events, each once for all processes, and repeats none of our own', async (t) => {
  const { emulator, startProcess } = await startHome(t);
  const [one, other] = [startProcess(), startProcess()];
  const mailbox = await one.accounts.open(account);
  const elsewhere = await other.accounts.open(account);
  const first = await emulator.mailbox().receiveMessage({ raw: buildMail({ subject: 'first' }) });
  await search(mailbox);

  const change = await one.feed.begin(account, { by: 'call', requestId: 'r', operation: 'modify_messages' });
  await mailbox.modifyMessages({ ids: [first.id], addLabelIds: ['STARRED'], removeLabelIds: [] });
  await change.publish([{ kind: 'labelsChanged', ids: { messageId: first.id, addedLabelIds: ['STARRED'] } }]);
  const second = await emulator.mailbox().receiveMessage({ raw: buildMail({ subject: 'second' }) });
  // Our change made what was known of the mailbox stale: both read the history that came since.
  await Promise.all([search(mailbox), search(elsewhere)]);

  const { events } = await one.feed.read({ after: 0, limit: 100 });
  assert.deepEqual(
    events.map(({ kind, ids, cause }) => [kind, ids.messageId, cause.by]),
    [
      ['labelsChanged', first.id, 'call'],
      ['messageAdded', second.id, 'google'],
    ],
  );
});

test('a grant that Google has taken away is one event, whoever finds out', async (t) => {
  const { emulator, startProcess } = await startHome(t);
  emulator.faults.add({ match: 'token', kind: 'status', status: 400, body: { error: 'invalid_grant' } });
  const processes = [startProcess(), startProcess()];
  for (const { accounts } of processes) {
    const refused = accounts.open(account).then((mailbox) => mailbox.listLabels());
    await assert.rejects(refused, { code: 'REAUTH_REQUIRED' });
  }
  const [first] = processes;
  const { events } = (await first?.feed.read({ after: 0, limit: 100 })) ?? { events: [] };
  assert.deepEqual(
    events.map(({ account: of, kind, state }) => [of, kind, state]),
    [[account, 'accountState', 'reauthRequired']],
  );
});
