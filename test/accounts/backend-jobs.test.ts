import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mirrorFolder } from '../../src/store/sqlite/mail/mirrors.ts';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { cacheFileOf } from '../../src/gmail/cache/cache-files.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { loginOf } from '../gmail/channel-parts.ts';
import { numbered } from '../local/temporary-mailbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The accounts of a home, and its jobs by name. */
function start(t: TestContext, environment: Readonly<Record<string, string>> = {}) {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const configuration = parseConfiguration(environment);
  const stores = sqliteHomeStores(home.dataFolder, Date.now);
  const accounts = createAccounts(configuration, selectBackend(configuration, home, Date.now, stores));
  t.after(async () => {
    await accounts.close();
    await stores.close();
  });
  const jobs = accounts.jobs();
  const turn = { signal: new AbortController().signal, fence: 1, refuseIfLost: () => {} };
  return {
    home,
    configuration,
    accounts,
    feed: stores.feed.feed(),
    /** Runs a job if it has something to do, and returns its figures. */
    async run(name: string) {
      const job = jobs.find((candidate) => candidate.name === name) ?? assert.fail(name);
      return (await job.isNeeded?.()) === false ? undefined : (await job.run(turn))?.facts;
    },
  };
}

test('what is cached of an account does not outlive its login', async (t) => {
  const { home, configuration, run } = start(t, { GMAIL_BACKEND: 'gmail' });
  const store = openCredentialStore(home.dataFolder, configuration);
  await store.save(loginOf());
  store.close();
  const files = ['me@example.org', 'gone@example.org', 'recent@example.org'].map((account) =>
    cacheFileOf(home.dataFolder, account),
  );
  mkdirSync(join(home.dataFolder, 'gmail'), { recursive: true });
  const [kept = '', gone = '', recent = ''] = files;
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  const mirrors = ['me@example.org', 'gone@example.org'].map((account) => mirrorFolder(home.dataFolder, account));
  for (const folder of mirrors) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mailbox.db'), '');
    utimesSync(join(folder, 'mailbox.db'), longAgo, longAgo);
  }
  for (const file of [...files, `${gone}-wal`]) {
    writeFileSync(file, '');
    if (!file.startsWith(recent)) utimesSync(file, longAgo, longAgo);
  }
  assert.deepEqual(await run('cache-sweep'), { files: 2, mirrors: 1 });
  assert.deepEqual(
    mirrors.map((folder) => existsSync(folder)),
    [true, false],
  );
  assert.deepEqual(
    [kept, gone, `${gone}-wal`, recent].map((file) => existsSync(file)),
    [true, false, false, true],
  );
  assert.equal(await run('cache-sweep'), undefined);
});

test('a mailbox that has grown is optimized once', { timeout: 60_000 }, async (t) => {
  const { home, accounts, run } = start(t);
  const emailAddress = 'ann@example.org';
  const mailbox = openLocalMailbox({
    store: openMailStore(localMailboxFolder(home.dataFolder, emailAddress)),
    emailAddress,
  });
  t.after(() => mailbox.close());
  await mailbox.addMessages(await numbered(1000));
  // Nobody uses it here yet.
  assert.equal(await run('local-optimize'), undefined);
  await accounts.open(emailAddress);
  assert.deepEqual(await run('local-optimize'), { mailboxes: 1 });
  assert.equal(await run('local-optimize'), undefined);
});

test('mail that could not be delivered when it was sent arrives, though nobody sends or reads there again', async (t) => {
  const { home, accounts, run } = start(t);
  const [ann, bob, carol] = ['ann@example.org', 'bob@example.org', 'carol@example.org'] as const;
  const open = (emailAddress: string) => {
    const store = openMailStore(localMailboxFolder(home.dataFolder, emailAddress));
    // As a process does that ends before anything is delivered.
    return openLocalMailbox({ store, emailAddress, deliver: () => Promise.reject(new Error('killed')) });
  };
  for (const address of [ann, bob]) open(address).close();
  const raw = (from: string) => buildMail({ from, to: bob, subject: `From ${from}` });
  const killed = open(carol);
  await killed.sendMessage({ raw: raw(carol) });
  killed.close();
  const file = join(localMailboxFolder(home.dataFolder, bob), 'mailbox.db');
  renameSync(file, `${file}-away`);
  writeFileSync(file, '');
  await (await accounts.open(ann)).sendMessage({ raw: raw(ann) });
  await assert.rejects(run('local-deliveries'), {
    code: 'UNAVAILABLE',
    message: 'Copies of sent mail that cannot be delivered yet: 2.',
  });
  renameSync(`${file}-away`, file);
  assert.deepEqual(await run('local-deliveries'), { mailboxes: 2 });
  assert.equal(await run('local-deliveries'), undefined);
  const { messages } = await (
    await accounts.open(bob)
  ).searchMessages({
    query: { kind: 'all' },
    includeSpamTrash: false,
    maxResults: 10,
  });
  assert.deepEqual(messages.map(({ subject }) => subject).toSorted(), [`From ${ann}`, `From ${carol}`]);
});

test('what a change of another process has held back is an event once that is over, though nothing else changes', async (t) => {
  const { home, accounts, feed, run } = start(t);
  const emailAddress = 'ann@example.org';
  const store = openMailStore(localMailboxFolder(home.dataFolder, emailAddress));
  const mailbox = openLocalMailbox({ store, emailAddress });
  const others = sqliteHomeStores(home.dataFolder, Date.now);
  t.after(async () => {
    mailbox.close();
    await others.close();
  });
  await accounts.open(emailAddress);
  const change = await others.feed.feed().begin(emailAddress, { by: 'call', requestId: 'r', operation: 'x' });
  await mailbox.addMessages(await numbered(1));
  await run('local-history');
  const kinds = async () => (await feed.read({ after: 0, limit: 10 })).events.map(({ kind }) => kind);
  assert.deepEqual(await kinds(), []);
  await change.abandon();
  await run('local-history');
  assert.deepEqual(await kinds(), ['messageAdded']);
  assert.equal(await run('local-history'), undefined);
});

test('a mailbox that cannot be opened keeps no other one out of the feed', async (t) => {
  const { home, accounts, feed, run } = start(t);
  const [ann, bob] = ['ann@example.org', 'bob@example.org'] as const;
  const open = (emailAddress: string) =>
    openLocalMailbox({ store: openMailStore(localMailboxFolder(home.dataFolder, emailAddress)), emailAddress });
  open(ann).close();
  const mailbox = open(bob);
  t.after(() => mailbox.close());
  await accounts.open(bob);
  writeFileSync(join(localMailboxFolder(home.dataFolder, ann), 'mailbox.db'), '');
  await mailbox.addMessages(await numbered(1));
  assert.deepEqual(await run('local-history'), { accounts: 1 });
  const { events } = await feed.read({ after: 0, limit: 10 });
  assert.deepEqual(
    events.map(({ account, kind }) => [account, kind]),
    [[bob, 'messageAdded']],
  );
  // Nobody is kept from hearing of it.
  await assert.rejects(run('local-history'), { code: 'UNAVAILABLE', message: /is empty: what it held is lost\.$/ });
});

test('many mailboxes that cannot be opened keep no other one waiting', async (t) => {
  const { home, accounts, feed, run } = start(t);
  const [ann, zoe] = ['ann@example.org', 'zoe@example.org'] as const;
  const open = (emailAddress: string, deliver?: () => Promise<void>) =>
    openLocalMailbox({
      store: openMailStore(localMailboxFolder(home.dataFolder, emailAddress)),
      emailAddress,
      ...(deliver === undefined ? {} : { deliver }),
    });
  for (const address of [ann, zoe]) open(address).close();
  for (let n = 0; n < 45; n += 1) {
    const folder = localMailboxFolder(home.dataFolder, `broken${n}@example.org`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mailbox.db'), n % 2 === 0 ? '' : 'no database'.repeat(1000));
  }
  const killed = open(zoe, () => Promise.reject(new Error('killed')));
  await accounts.open(ann);
  await killed.sendMessage({ raw: buildMail({ from: zoe, to: ann, subject: 'Late' }) });
  killed.close();
  const isDone = async () => (await feed.read({ after: 0, limit: 10 })).events.length > 0;
  for (let turn = 0; turn < 10 && !(await isDone()); turn += 1) {
    for (const job of ['local-deliveries', 'local-history']) await run(job).catch(() => undefined);
  }
  assert.equal(await isDone(), true);
  const list = { query: { kind: 'all' }, includeSpamTrash: false, maxResults: 10 } as const;
  const { messages } = await (await accounts.open(ann)).searchMessages(list);
  assert.deepEqual(
    messages.map(({ subject }) => subject),
    ['Late'],
  );
});

test('a mailbox that breaks while its copies wait keeps no other one waiting', async (t) => {
  const { home, accounts, run } = start(t);
  const [ann, bob, zoe] = ['ann@example.org', 'bob@example.org', 'zoe@example.org'] as const;
  const fileOf = (emailAddress: string) => join(localMailboxFolder(home.dataFolder, emailAddress), 'mailbox.db');
  for (const emailAddress of [zoe, ann, bob]) {
    const store = openMailStore(localMailboxFolder(home.dataFolder, emailAddress));
    const killed = openLocalMailbox({ store, emailAddress, deliver: () => Promise.reject(new Error('killed')) });
    if (emailAddress !== zoe) await killed.sendMessage({ raw: buildMail({ from: emailAddress, to: zoe }) });
    killed.close();
  }
  renameSync(fileOf(zoe), `${fileOf(zoe)}-away`);
  writeFileSync(fileOf(zoe), '');
  await assert.rejects(run('local-deliveries'), { code: 'UNAVAILABLE' });
  renameSync(`${fileOf(zoe)}-away`, fileOf(zoe));
  writeFileSync(fileOf(ann), '');
  await run('local-deliveries');
  const list = { query: { kind: 'all' }, includeSpamTrash: false, maxResults: 10 } as const;
  assert.equal((await (await accounts.open(zoe)).searchMessages(list)).messages.length, 1);
});
