import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { suite, test, type TestContext } from 'node:test';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { metrics } from '../../src/core/telemetry/metrics.ts';
import { openHomeStores } from '../../src/store/home-stores.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Of the mailboxes that nobody uses, a process keeps at most this many open. */
const most = 50;
const addresses = Array.from({ length: 53 }, (_, index) => `user${index}@example.org`);

async function openNow(): Promise<number> {
  const figure = /^gmail_llm_open_mailboxes (\d+)$/m.exec(await metrics.render({}));
  return Number(figure?.[1]);
}

/** Database files of mailboxes that this process has open. */
function openFiles(folder: string): number {
  const links = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      // The one that the folder was read by.
      return '';
    }
  });
  return new Set(links.filter((file) => file.startsWith(folder) && file.endsWith('/mailbox.db'))).size;
}

async function useMany(t: TestContext, environment: Readonly<Record<string, string>>): Promise<void> {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const configuration = parseConfiguration(environment);
  const stores = await openHomeStores(configuration, home.dataFolder, Date.now);
  t.after(() => stores.close());
  for (const address of addresses) (await stores.mailboxes.open(address)).close();
  const accounts = createAccounts(configuration, selectBackend(configuration, home, Date.now, stores));

  const all = await Promise.all(addresses.map((address) => accounts.open(address)));
  const [first = assert.fail(), second = assert.fail()] = all;
  // More at once than are kept, each with several transactions.
  const drafts = await Promise.all(
    all.map((mailbox) => mailbox.createDraft({ raw: Buffer.from(`Subject: of ${mailbox.emailAddress}\r\n\r\nx`) })),
  );
  assert.equal(await openNow(), most);
  if (environment.GMAIL_STORE === undefined && process.platform === 'linux') {
    assert.equal(openFiles(home.dataFolder), most);
  }
  for (const [index, mailbox] of all.entries()) {
    const { message } = await mailbox.getDraft(drafts[index]?.id ?? '');
    assert.match(JSON.stringify(message), new RegExp(`of ${mailbox.emailAddress}`));
    assert.equal(await accounts.open(mailbox.emailAddress), mailbox);
  }
  assert.equal(await openNow(), most);

  // Whoever still has a mailbox that was removed while it was closed does not make another one.
  await stores.mailboxes.remove(first.emailAddress);
  await assert.rejects(first.getProfile(), { code: 'NOT_FOUND' });
  assert.equal(await stores.mailboxes.has(first.emailAddress), false);

  await accounts.close();
  assert.equal(await openNow(), 0);
  await assert.rejects(second.getProfile(), { code: 'UNAVAILABLE', message: 'The server is stopping.' });
}

suite('a process with many accounts keeps those open that were used last', () => {
  test('on SQLite', (t) => useMany(t, {}));

  test('on PostgreSQL', { skip: skipWithoutPostgres }, async (t) => {
    await useMany(t, { GMAIL_STORE: (await startPostgres(t)).create('mail') });
  });
});
