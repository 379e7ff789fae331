import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { openHomeStores } from '../../src/store/home-stores.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [old, now, other] = ['old@example.org', 'new@example.org', 'other@example.org'];

/** A process that has just listed the accounts, as another renames one and deletes one: its clock stands still, and with it the list. */
async function renamedBeside(t: TestContext, environment: Readonly<Record<string, string>>) {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const configuration = parseConfiguration(environment);
  const [stores, elsewhere] = [
    await openHomeStores(configuration, home.dataFolder, Date.now),
    await openHomeStores(configuration, home.dataFolder, Date.now),
  ];
  t.after(async () => {
    await stores.close();
    await elsewhere.close();
  });
  for (const address of [old, other]) (await stores.mailboxes.open(address)).close();
  const backend = selectBackend(configuration, home, () => 0, stores);
  const accounts = createAccounts(configuration, backend);
  t.after(() => accounts.close());
  assert.deepEqual(await accounts.list(), [old, other]);
  await elsewhere.mailboxes.rename(old, now);
  await elsewhere.mailboxes.remove(other);
  return { stores, accounts, backend };
}

async function makesNone(t: TestContext, environment: Readonly<Record<string, string>>): Promise<void> {
  const { stores, accounts, backend } = await renamedBeside(t, environment);
  for (const address of [old, other]) {
    await assert.rejects(accounts.open(address), { code: 'NOT_FOUND' });
    await assert.rejects(stores.mailboxes.openExisting(address), { code: 'NOT_FOUND' });
  }
  const signal = new AbortController().signal;
  for (const job of backend.jobs?.() ?? []) {
    if ((await job.isNeeded?.()) !== false)
      await job.run({ signal, fence: 1, refuseIfLost: () => signal.throwIfAborted() });
  }
  assert.deepEqual(await stores.mailboxes.list(), [now]);
}

suite('an address that was renamed or deleted elsewhere a moment ago gets no empty mailbox by being asked for', () => {
  test('on SQLite', (t) => makesNone(t, {}));

  test('on PostgreSQL', { skip: skipWithoutPostgres }, async (t) => {
    await makesNone(t, { GMAIL_STORE: (await startPostgres(t)).create('mail') });
  });
});
