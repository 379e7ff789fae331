import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { hasLocalMailbox, listLocalAccounts, localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, incoming, openMailbox } from './temporary-mailbox.ts';

/** Makes a mailbox with one message, closes it, and answers its folder. */
async function closedMailbox(t: TestContext): Promise<string> {
  const folder = join(temporaryFolder(t), 'mailbox');
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
  await mailbox.addMessages([await incoming({ text: 'first' })]);
  mailbox.close();
  return folder;
}

function assertUnavailable(work: () => unknown, message: RegExp, hint: RegExp): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(error.message, message);
    assert.match(error.details.hint ?? '', hint);
    return true;
  });
}

const open = (folder: string) => (): unknown => openLocalMailbox({ store: openMailStore(folder), emailAddress });

suite('opening a mailbox', () => {
  test('makes files that only their owner can read', (t) => {
    const folder = join(temporaryFolder(t), 'mailbox');
    const mailbox = openMailbox(t, folder);
    assert.ok(mailbox);
    const names = readdirSync(folder).toSorted();
    assert.deepEqual(names, ['mailbox.db', 'mailbox.db-shm', 'mailbox.db-wal', 'raw.db', 'raw.db-shm', 'raw.db-wal']);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  });

  test('keeps what is there', async (t) => {
    const folder = await closedMailbox(t);
    assert.equal((await openMailbox(t, folder).getProfile()).messagesTotal, 1);
  });

  for (const name of ['mailbox.db', 'raw.db']) {
    test(`refuses a ${name} that a newer version wrote, and leaves it as it is`, async (t) => {
      const folder = await closedMailbox(t);
      const database = new DatabaseSync(join(folder, name));
      database.exec('PRAGMA user_version = 99');
      database.close();
      const before = readFileSync(join(folder, name));
      assertUnavailable(open(folder), /was written by a newer gmail-llm/, /Update gmail-llm/);
      assert.deepEqual(readFileSync(join(folder, name)), before);
    });

    test(`refuses a ${name} that is not a database`, async (t) => {
      const folder = await closedMailbox(t);
      writeFileSync(join(folder, name), 'This is a text file, and not even a short one.'.repeat(100));
      assertUnavailable(open(folder), /is not a database/, /Restore it from a backup/);
    });

    test(`refuses a ${name} of another program`, async (t) => {
      const folder = await closedMailbox(t);
      rmSync(join(folder, name));
      const database = new DatabaseSync(join(folder, name));
      database.exec('CREATE TABLE recipe (name TEXT)');
      database.close();
      assertUnavailable(open(folder), /not one of gmail-llm/, /Move the file away/);
    });
  }

  test('refuses a damaged database', async (t) => {
    const folder = await closedMailbox(t);
    const file = join(folder, 'mailbox.db');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096);
    writeFileSync(file, bytes);
    assertUnavailable(open(folder), /mailbox\.db is damaged/, /Restore it from a backup/);
  });

  test('refuses a message whose bytes are damaged or gone', async (t) => {
    const folder = await closedMailbox(t);
    const mailbox = openMailbox(t, folder);
    const { messages } = await mailbox.searchMessages({
      query: { kind: 'all' },
      includeSpamTrash: true,
      maxResults: 1,
    });
    const [id = ''] = messages.map((message) => message.id);
    const database = new DatabaseSync(join(folder, 'raw.db'));
    database.exec("UPDATE raw SET zstd = x'00'");
    await assert.rejects(mailbox.getMessage(id), { code: 'UNAVAILABLE', message: /are damaged in .*raw\.db/ });
    database.exec('DELETE FROM raw');
    database.close();
    await assert.rejects(mailbox.getMessage(id), { code: 'UNAVAILABLE', message: /are missing in .*raw\.db/ });
  });

  test('refuses a mailbox whose raw.db is missing', async (t) => {
    const folder = await closedMailbox(t);
    rmSync(join(folder, 'raw.db'));
    assertUnavailable(open(folder), /there is no .*raw\.db/, /same backup/);
  });

  test('says so when a file stands where the folder belongs', (t) => {
    const folder = join(temporaryFolder(t), 'mailbox');
    writeFileSync(folder, '');
    assertUnavailable(open(folder), /cannot be opened for writing/, /Give this user/);
  });

  const isRoot = process.getuid?.() === 0;
  test('says so when the folder is read-only', { skip: isRoot && 'root may write everywhere' }, (t) => {
    const parent = temporaryFolder(t);
    chmodSync(parent, 0o500);
    t.after(() => chmodSync(parent, 0o700));
    assertUnavailable(open(join(parent, 'mailbox')), /cannot be opened for writing/, /Give this user/);
  });
});

suite('local accounts', () => {
  test('are the folders that hold a mailbox, by their address', (t) => {
    const dataFolder = temporaryFolder(t);
    assert.deepEqual(listLocalAccounts(dataFolder), []);
    for (const address of ['zoe@example.org', 'Ann+lists@example.org', 'odd/na%me@example.org']) {
      openLocalMailbox({
        store: openMailStore(localMailboxFolder(dataFolder, address)),
        emailAddress: address,
      }).close();
    }
    mkdirSync(join(dataFolder, 'local', 'empty@example.org'));
    writeFileSync(join(dataFolder, 'local', 'notes.txt'), '');
    assert.deepEqual(listLocalAccounts(dataFolder), [
      'ann+lists@example.org',
      'odd/na%me@example.org',
      'zoe@example.org',
    ]);
    assert.equal(hasLocalMailbox(dataFolder, 'Zoe@example.org'), true);
    assert.equal(hasLocalMailbox(dataFolder, 'empty@example.org'), false);
  });

  test('have an address, not a path', () => {
    for (const address of ['..', '../../etc', 'a@b@c', '', 'ann lee@example.org']) {
      assert.throws(() => localMailboxFolder('/data', address), { code: 'INVALID_INPUT' }, address);
    }
    assert.equal(localMailboxFolder('/data', '../x@y/../z'), '/data/local/..%2fx@y%2f..%2fz');
  });
});
