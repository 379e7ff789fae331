import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccounts, type Backend } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { AppError } from '../../src/core/errors.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Real local mailboxes of a home, whose openings are counted and can be made to fail. */
function countedBackend(t: Parameters<typeof temporaryFolder>[0], addresses: readonly string[]) {
  const folder = temporaryFolder(t);
  const opened: string[] = [];
  let failures = 0;
  const backend: Backend = {
    list: async () => addresses,
    connectHint: '',
    async open(emailAddress) {
      opened.push(emailAddress);
      await new Promise((resolve) => setImmediate(resolve));
      if (failures > 0) {
        failures -= 1;
        throw new AppError('UNAVAILABLE', 'not now');
      }
      return openLocalMailbox({ store: openMailStore(localMailboxFolder(folder, emailAddress)), emailAddress });
    },
  };
  return { backend, opened, failOnce: () => (failures = 1) };
}

test('concurrent first uses open one connection, and later ones share it', async (t) => {
  const { backend, opened } = countedBackend(t, ['ann@example.org']);
  const accounts = createAccounts({}, backend);
  const mailboxes = await Promise.all(Array.from({ length: 20 }, () => accounts.open()));
  assert.equal(new Set([...mailboxes, await accounts.open('ann@example.org')]).size, 1);
  assert.deepEqual(opened, ['ann@example.org']);
  await accounts.close();
});

test('an opening that fails is told to all who waited for it, and tried again by the next call', async (t) => {
  const { backend, opened, failOnce } = countedBackend(t, ['ann@example.org']);
  failOnce();
  const accounts = createAccounts({}, backend);
  const results = await Promise.allSettled([accounts.open(), accounts.open()]);
  assert.deepEqual(
    results.map((result) => result.status),
    ['rejected', 'rejected'],
  );
  await accounts.open();
  assert.equal(opened.length, 2);
  await accounts.close();
});

test('close waits for what is still opening, closes everything and refuses later calls', async (t) => {
  const { backend } = countedBackend(t, ['ann@example.org']);
  const accounts = createAccounts({}, backend);
  const [opening, choosing] = [accounts.open('ann@example.org'), accounts.open()];
  const refused = { code: 'UNAVAILABLE', message: 'The server is stopping.' };
  const [mailbox] = await Promise.all([opening, assert.rejects(choosing, refused), accounts.close()]);
  await assert.rejects(mailbox.getProfile());
  await assert.rejects(accounts.open(), refused);
});

test('with several accounts a call has to name one, unless one is configured', async (t) => {
  const { backend } = countedBackend(t, ['ann@example.org', 'bob@example.org']);
  const accounts = createAccounts({}, backend);
  await assert.rejects(accounts.open(), {
    code: 'INVALID_INPUT',
    details: {
      field: 'account',
      expected: 'ann@example.org or bob@example.org',
      got: 'nothing',
      hint: 'Give `account` with the call, or set GMAIL_ACCOUNT.',
    },
  });
  assert.equal((await accounts.open('bob@example.org')).emailAddress, 'bob@example.org');
  await accounts.close();
  const configured = createAccounts({ account: 'bob@example.org' }, backend);
  assert.equal((await configured.open()).emailAddress, 'bob@example.org');
  await configured.close();
});

test('the demo mailbox stands in while there is no other, and steps aside as soon as there is one', async (t) => {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  let nowMs = Date.UTC(2026, 10, 22);
  const stores = sqliteHomeStores(home.dataFolder, () => nowMs);
  const accounts = createAccounts(
    {},
    selectBackend(parseConfiguration({}), home, () => nowMs, stores),
  );
  const demo = await accounts.open();
  assert.equal(demo.emailAddress, 'demo@gmail-llm.example');
  assert.ok((await demo.getProfile()).messagesTotal >= 60);
  await assert.rejects(accounts.open('ann@example.org'), { code: 'NOT_FOUND' });

  const emailAddress = 'ann@example.org';
  openLocalMailbox({ store: openMailStore(localMailboxFolder(home.dataFolder, emailAddress)), emailAddress }).close();
  nowMs += 1000;
  assert.equal((await accounts.open()).emailAddress, 'ann@example.org');
  assert.deepEqual(await accounts.list(), ['ann@example.org']);
  await accounts.close();
  await stores.close();
});

test('a bearer token answers for its own account only, so that no other name carries other rules', async (t) => {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const environment = { GMAIL_BACKEND: 'gmail', GMAIL_ACCESS_TOKEN: 'made-up', GMAIL_ACCOUNT: 'me@example.org' };
  const configuration = parseConfiguration(environment);
  const stores = sqliteHomeStores(home.dataFolder, Date.now);
  const accounts = createAccounts(configuration, selectBackend(configuration, home, Date.now, stores));
  await assert.rejects(accounts.open('other@example.org'), {
    code: 'NOT_FOUND',
    message: 'GMAIL_ACCESS_TOKEN is not known to be of other@example.org.',
  });
  assert.equal((await accounts.open()).emailAddress, 'me@example.org');
  await accounts.close();
});
