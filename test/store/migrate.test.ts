import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { digestMailbox } from '../../src/local/migrate/compare-mailboxes.ts';
import { copyMailbox } from '../../src/local/migrate/copy-mailbox.ts';
import { openCredentials } from '../../src/gmail/credentials/open-credential-store.ts';
import { moveHome } from '../../src/cli/migrate/move-home.ts';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openHomeStores, type HomeStores } from '../../src/store/home-stores.ts';
import { buildMail } from '../build-mail.ts';
import { assertEqual, idsOf, inDatabase, startMirrorHome } from '../accounts/mirror/mirror-home.ts';
import { seedLogin } from '../safety/seed-login.ts';
import { mbox } from '../support/hosts.ts';
import { run } from '../support/installation.ts';
import { incoming } from '../local/temporary-mailbox.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const me = 'me@example.org';

async function openMailbox(stores: HomeStores) {
  return openLocalMailbox({ store: await stores.mailboxes.open(me), emailAddress: me });
}

/** A mailbox with all that a mailbox can have. */
async function fill(stores: HomeStores): Promise<string> {
  const mailbox = await openMailbox(stores);
  const gone = await mailbox.createLabel({ name: 'Gone' });
  await mailbox.deleteLabel(gone.id);
  const clients = await mailbox.createLabel({ name: 'Clients/Old' });
  const raw = buildMail({ subject: 'Plan', messageId: 'a@example.org' });
  const first = await mailbox.importMessage({ raw, labelIds: ['INBOX', 'UNREAD', clients.id] });
  // The same bytes twice, and an answer in the thread.
  await mailbox.insertMessage({ raw, labelIds: ['INBOX'] });
  await mailbox.importMessage({
    raw: buildMail({ subject: 'Re: Plan', messageId: 'b@example.org', inReplyTo: 'a@example.org' }),
    labelIds: ['INBOX'],
  });
  const deleted = await mailbox.importMessage({ raw: buildMail({ subject: 'Deleted' }), labelIds: ['INBOX'] });
  await mailbox.deleteMessages([deleted.id]);
  await mailbox.createDraft({ raw: buildMail({ subject: 'Draft' }) });
  await mailbox.createFilter({ criteria: { from: 'ann@example.org' }, action: { addLabelIds: ['STARRED'] } });
  await mailbox.modifyMessages({ ids: [first.id], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
  mailbox.close();
  return first.id;
}

const digest = async (stores: HomeStores, signal: AbortSignal) =>
  digestMailbox(await stores.mailboxes.open(me), signal);

suite('moving a home to another engine', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  test('keeps a mailbox whole, both ways, and brings what changed since', async (t) => {
    const [one, two] = [temporaryFolder(t), temporaryFolder(t)];
    const open = (folder: string, environment: Record<string, string> = {}) =>
      openHomeStores(parseConfiguration(environment), folder, Date.now);
    const source = await open(one);
    const shared = await open(one, { GMAIL_STORE: postgres.create(t).address });
    const back = await open(two);
    t.after(() => Promise.all([source, shared, back].map((stores) => stores.close())));
    const id = await fill(source);
    const copy = async (from: HomeStores, to: HomeStores) =>
      copyMailbox(await from.mailboxes.open(me), await to.mailboxes.open(me), {
        owner: me,
        signal: t.signal,
        onProgress: () => undefined,
      });
    const before = await (await openMailbox(source)).listHistory({ startHistoryId: '1', maxResults: 100 });

    assert.deepEqual(await copy(source, shared), { copied: 4, changed: 0, deleted: 0 });
    assert.deepEqual(await digest(shared, t.signal), await digest(source, t.signal));
    assert.deepEqual(await copy(source, shared), { copied: 0, changed: 0, deleted: 0 });
    const mailbox = await openMailbox(shared);
    assert.deepEqual(await mailbox.listHistory({ startHistoryId: '1', maxResults: 100 }), before);

    // While it is moved, the mailbox is used.
    const used = await openMailbox(source);
    const added = await used.importMessage({ raw: buildMail({ subject: 'Later' }), labelIds: ['INBOX'] });
    await used.modifyMessages({ ids: [id], addLabelIds: [], removeLabelIds: ['STARRED'] });
    const { labels } = { labels: await used.listLabels() };
    await used.deleteLabel(labels.find(({ name }) => name === 'Clients/Old')?.id ?? '');
    assert.deepEqual(await copy(source, shared), { copied: 1, changed: 1, deleted: 0 });
    await used.deleteMessages([added.id]);
    assert.deepEqual(await copy(source, shared), { copied: 0, changed: 0, deleted: 1 });
    assert.deepEqual(await digest(shared, t.signal), await digest(source, t.signal));

    assert.deepEqual(await copy(shared, back), { copied: 4, changed: 0, deleted: 0 });
    assert.deepEqual(await digest(back, t.signal), await digest(source, t.signal));
    // What is made now gets ids that nothing had.
    const made = await (await openMailbox(back)).createLabel({ name: 'New' });
    const madeThere = await mailbox.createLabel({ name: 'New' });
    assert.equal(made.id, madeThere.id);
  });

  test('brings what has the name, the bytes, the id or the place of something else since the run before, both ways', async (t) => {
    const [folder, other] = [temporaryFolder(t), temporaryFolder(t)];
    const open = (data: string, environment: Record<string, string> = {}) =>
      openHomeStores(parseConfiguration(environment), data, Date.now);
    const inFiles = [await open(folder), await open(other)] as const;
    const inDatabases = [
      await open(folder, { GMAIL_STORE: postgres.create(t).address }),
      await open(other, { GMAIL_STORE: postgres.create(t).address }),
    ] as const;
    t.after(() => Promise.all([...inFiles, ...inDatabases].map((stores) => stores.close())));
    for (const [from, to] of [
      [inFiles[0], inDatabases[0]],
      [inDatabases[1], inFiles[1]],
    ] as const) {
      const [source, target] = [await from.mailboxes.open(me), await to.mailboxes.open(me)];
      const copy = async (onProgress: () => void = () => undefined) =>
        copyMailbox(source, target, { owner: me, signal: t.signal, onProgress });
      const mailbox = openLocalMailbox({ store: source, emailAddress: me });
      const [one, two] = [await mailbox.createLabel({ name: 'One' }), await mailbox.createLabel({ name: 'Two' })];
      const draft = await incoming({ subject: 'Plan', receivedMs: Date.UTC(2099, 0), labels: ['DRAFT'] });
      const [{ id } = assert.fail()] = await mailbox.addMessages([draft]);
      const again = { raw: buildMail({ subject: 'Again' }), labelIds: ['INBOX'] };
      const first = await mailbox.importMessage(again);
      await mailbox.createSendAs('a@example.org', {});
      await mailbox.createSendAs('b@example.org', {});
      assert.deepEqual(await copy(), { copied: 2, changed: 0, deleted: 0 });

      // Labels exchange their names, and a third takes a name that is free since.
      await mailbox.updateLabel(one.id, { name: 'Swap' });
      await mailbox.updateLabel(two.id, { name: 'One' });
      await mailbox.updateLabel(one.id, { name: 'Two' });
      // The draft gets another message, and the archive that it is from is imported again.
      const { drafts } = await mailbox.listDrafts({ maxResults: 1 });
      await mailbox.updateDraft(drafts[0]?.id ?? '', { raw: buildMail({ subject: 'Other' }) });
      assert.deepEqual(await mailbox.addMessages([draft]), [{ kind: 'added', id }]);
      // The same bytes, which arrive later.
      await mailbox.deleteMessages([first.id]);
      await mailbox.importMessage(again);
      // The same address, which is the last one now.
      await mailbox.deleteSendAs('a@example.org');
      await mailbox.createSendAs('a@example.org', {});
      // A label that is made and used while the copy goes on, and one with the name that the copy once used itself.
      let made: Promise<unknown> | undefined;
      await mailbox.createLabel({ name: 'passed' });
      await copy(() => {
        made ??= (async () => {
          const { id: added } = await mailbox.createLabel({ name: 'Meanwhile' });
          await mailbox.modifyMessages({ ids: [id], addLabelIds: [added], removeLabelIds: [] });
        })();
      });
      await made;
      await copy();
      assert.deepEqual(await digestMailbox(target, t.signal), await digestMailbox(source, t.signal));
      const names = (await target.once((rows) => rows.labels.list())).map(({ name }) => name);
      assert.deepEqual(names.slice(-4), ['Two', 'One', 'passed', 'Meanwhile']);
      const sha256 = createHash('sha256').update(again.raw).digest();
      assert.notEqual((await target.bytes.find([sha256]))[0], undefined, 'an import knows the bytes again');
    }
  });

  test('goes on where it was stopped, and brings what was deleted since', async (t) => {
    const folder = temporaryFolder(t);
    const open = (environment: Record<string, string> = {}) =>
      openHomeStores(parseConfiguration(environment), folder, Date.now);
    const [source, shared] = [await open(), await open({ GMAIL_STORE: postgres.create(t).address })];
    t.after(() => Promise.all([source, shared].map((stores) => stores.close())));
    await fill(source);
    const mailbox = await openMailbox(source);
    for (let number = 0; number < 250; number += 1) {
      await mailbox.insertMessage({ raw: buildMail({ subject: `Plan ${number}` }), labelIds: ['INBOX'] });
    }
    const hook = {
      url: 'https://example.org',
      secrets: [],
      createdMs: 1,
      isOn: true,
      cursor: 0,
      includes: 'ids',
    } as const;
    for (const id of ['wh_kept', 'wh_gone']) await source.webhooks.store().add({ ...hook, id });
    const event = {
      sequence: 1,
      at: '2026-11-28T12:00:00.000Z',
      account: me,
      kind: 'settingChanged',
      ids: {},
    } as const;
    const events = [{ ...event, cause: { by: 'arrival' } as const }];
    await source.webhooks.store().enqueue('wh_kept', { from: 0, to: 1, events, nowMs: 5 });

    const move = async (batches: number) => {
      const stop = new AbortController();
      let done = 0;
      return moveHome(
        { folder, dataFolder: folder },
        { from: source, to: shared },
        {
          signal: stop.signal,
          onProgress: () => {
            done += 1;
            if (done === batches) stop.abort();
          },
        },
      );
    };
    // Messages are copied a hundred at a time, of 254.
    for (const batches of [1, 2]) await assert.rejects(move(batches), { name: 'AbortError' });
    const first = await move(0);
    assert.equal(first.accounts[0]?.messages, 254);
    assert.ok((first.accounts[0]?.copied ?? 0) <= 54, 'what was copied before is not copied again');
    assert.deepEqual(await digest(shared, t.signal), await digest(source, t.signal));
    const pending = await shared.webhooks.store().deliveries('wh_kept', 10);
    assert.deepEqual(pending, await source.webhooks.store().deliveries('wh_kept', 10));
    assert.equal(pending[0]?.state, 'pending');

    // What was renamed since is not there twice, what the copy has for itself stays, and a copy that was used is not overwritten.
    const renamed = 'renamed@example.org';
    await source.mailboxes.open('old@example.org');
    await openLocalMailbox({
      store: await shared.mailboxes.open('own@example.org'),
      emailAddress: 'own@example.org',
    }).importMessage({ raw: buildMail({ subject: 'Own' }), labelIds: ['INBOX'] });
    await move(0);
    await source.mailboxes.rename('old@example.org', renamed);
    const { leftovers } = await move(0);
    assert.deepEqual(leftovers, { removed: ['old@example.org'], kept: ['own@example.org'] });
    assert.deepEqual(await shared.mailboxes.list(), [me, 'own@example.org', renamed]);
    const used = openLocalMailbox({ store: await shared.mailboxes.open(renamed), emailAddress: renamed });
    const { id: newer } = await used.importMessage({ raw: buildMail({ subject: 'Newer' }), labelIds: ['INBOX'] });
    await assert.rejects(move(0), {
      code: 'CONFLICT',
      message: /The copy of renamed@example\.org has changes of its own/,
    });
    assert.ok((await used.getRawMessage(newer)).raw.length > 0);
    await shared.mailboxes.remove(renamed);

    await source.webhooks.store().remove('wh_gone');
    await move(0);
    assert.deepEqual(
      (await shared.webhooks.store().list()).map(({ id }) => id),
      ['wh_kept'],
    );
  });

  test('refuses to overwrite what only the copy has, and follows whichever side was used', async (t) => {
    const folder = temporaryFolder(t);
    const open = (environment: Record<string, string> = {}) =>
      openHomeStores(parseConfiguration(environment), folder, Date.now);
    const [files, shared] = [await open(), await open({ GMAIL_STORE: postgres.create(t).address })];
    t.after(() => Promise.all([files, shared].map((stores) => stores.close())));
    await fill(files);
    const options = { signal: t.signal, onProgress: () => undefined };
    const move = async (from: HomeStores, to: HomeStores) =>
      moveHome({ folder, dataFolder: folder }, { from, to }, options);
    const mail = (subject: string) => ({ raw: buildMail({ subject }), labelIds: ['INBOX'] });
    const change = async (stores: HomeStores, work: (mailbox: LocalMailbox) => Promise<unknown>) => {
      const mailbox = await openMailbox(stores);
      await work(mailbox);
      mailbox.close();
    };
    const refused = async (from: HomeStores, to: HomeStores) => {
      const before = await digest(to, t.signal);
      await assert.rejects(move(from, to), { code: 'CONFLICT', message: /has changes of its own/ });
      assert.deepEqual(await digest(to, t.signal), before);
    };

    // Another mailbox of that name, with a shorter history.
    await change(shared, (mailbox) => mailbox.importMessage(mail('Another')));
    await refused(files, shared);
    await shared.mailboxes.remove(me);
    await move(files, shared);
    await change(files, (mailbox) => mailbox.createLabel({ name: 'Here' }));
    await move(files, shared);

    // Each takes no history id.
    const uses: readonly ((mailbox: LocalMailbox) => Promise<unknown>)[] = [
      (mailbox) => mailbox.createLabel({ name: 'There' }),
      (mailbox) => mailbox.createSendAs('a@example.org', {}),
      async (mailbox) => {
        const label = (await mailbox.listLabels()).find(({ name }) => name === 'There');
        await mailbox.updateLabel(label?.id ?? '', { labelListVisibility: 'labelHide' });
      },
    ];
    for (const use of uses) {
      await change(shared, use);
      await refused(files, shared);
      await move(shared, files);
      await move(files, shared);
    }
    // Both are used: neither is overwritten.
    await change(files, (mailbox) => mailbox.importMessage(mail('Here')));
    await change(shared, (mailbox) => mailbox.importMessage(mail('There')));
    await refused(files, shared);
    await refused(shared, files);
  });

  test('is run twice at once: one of them says so, and the next run finds the copy whole', async (t) => {
    const sqlite = { GMAIL_HOME: temporaryFolder(t), TZ: 'UTC' };
    const file = join(temporaryFolder(t), 'mail.mbox');
    writeFileSync(file, mbox(300));
    assert.equal((await run('gmail-llm', ['import', '--account', me, file], sqlite)).code, 0);
    const shared = { ...sqlite, GMAIL_STORE: postgres.create(t).address };
    const back = { ...shared, GMAIL_HOME: temporaryFolder(t) };
    for (const [to, environment] of [
      [shared.GMAIL_STORE, sqlite],
      ['sqlite', back],
    ] as const) {
      const migrate = () => run('gmail-llm', ['migrate', '--to', to], environment);
      for (const { code, stderr } of await Promise.all([migrate(), migrate()])) {
        assert.ok(code === 0 || code === 5, `${code}: ${stderr}`);
      }
      const { code, stdout, stderr } = await migrate();
      assert.equal(code, 0, stderr);
      assert.match(stdout, /300 messages the same/);
      mkdirSync(join(back.GMAIL_HOME, 'data/gmail'), { recursive: true, mode: 0o700 });
      cpSync(join(sqlite.GMAIL_HOME, 'data/gmail/key'), join(back.GMAIL_HOME, 'data/gmail/key'));
    }
  });

  test('is one command each way, with logins, tokens, policy, outbox and audit log', async (t) => {
    const address = postgres.create(t).address;
    const sqlite = { GMAIL_HOME: temporaryFolder(t), TZ: 'UTC', GMAIL_GRANTS: 'all' };
    const shared = { ...sqlite, GMAIL_STORE: address };
    const ok = async (words: readonly string[], environment: Readonly<Record<string, string>>) => {
      const { code, stdout, stderr } = await run('gmail-llm', words, environment);
      assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`);
      return stdout;
    };
    const file = join(temporaryFolder(t), 'mail.mbox');
    const mail = (n: number) =>
      `From a Mon Jun 15 12:00:00 2026\nSubject: Plan ${n}\nMessage-ID: <${n}@a>\n\nText.\n\n`;
    writeFileSync(file, [1, 2, 3].map(mail).join(''));
    await ok(['import', '--account', me, file], sqlite);
    const send = [
      'call',
      'send_message',
      '--to',
      'bob@example.org',
      '--subject',
      'Once',
      '--body',
      'x',
      '--idempotencyKey',
      'k',
    ];
    const sent = await ok(send, sqlite);
    const token = await ok(['token', 'create', 'reader', '--grants', 'read', '--toolsets', 'core,labels'], sqlite);
    writeFileSync(join(sqlite.GMAIL_HOME, 'policy.json'), '{"recipients": {"maxPerMessage": 7}}');

    const dataFolder = join(sqlite.GMAIL_HOME, 'data');
    await seedLogin(dataFolder, 'live@example.org');

    const report = JSON.parse(await ok(['migrate', '--to', address, '--json'], sqlite));
    assert.deepEqual(
      report.accounts.map(({ account, messages, copied }: Record<string, unknown>) => [account, messages, copied]),
      [[me, 4, 4]],
    );
    const stores = await openHomeStores({ store: address }, dataFolder, Date.now);
    const { credential } = await openCredentials(stores.live, dataFolder, { keyStore: 'file' }).read(
      'live@example.org',
    );
    await stores.close();
    assert.equal(credential.kind === 'serviceAccount' && credential.privateKey, 'none');
    assert.match(await ok(['accounts', 'remove', 'live@example.org'], shared), /^Forgotten: live@example\.org/);
    assert.equal(await ok(['token'], shared), await ok(['token'], sqlite));
    assert.match(await ok(['token', 'list'], shared), /^reader\tread\t.*\ttoolsets core,labels\t/m);
    assert.match(await ok(['policy'], shared), /7/);
    assert.match(await ok(['audit', '--verify'], shared), /whole|entries/i);
    // A send of before is known there, and not made again.
    assert.equal(JSON.parse(await ok(send, shared)).id, JSON.parse(sent).id);
    await ok(['call', 'create_label', '--name', 'There'], shared);

    await ok(['migrate', '--to', 'sqlite'], shared);
    assert.doesNotMatch(await ok(['accounts'], sqlite), /live@example\.org/);
    assert.match(await ok(['call', 'list_labels'], sqlite), /There/);
    assert.match(await ok(['check'], sqlite), /Everything is whole/);
    // An idempotency key that is another send's by now.
    const later = await openHomeStores({ store: address }, dataFolder, Date.now);
    const sends = later.tables('outbox');
    await sends.write((queries) => queries.run("UPDATE send SET id = 'later' WHERE key = 'k'"));
    sends.close();
    await later.close();
    await ok(['migrate', '--to', 'sqlite'], shared);
    assert.ok(token.startsWith('gml_'));
    const refused = await run('gmail-llm', ['migrate', '--to', 'sqlite'], sqlite);
    assert.equal(refused.code, 2);
  });

  test('takes the mirrors along, both ways: nothing is fetched again but what is new', async (t) => {
    const home = await startMirrorHome(t);
    const [starred = '', gone = '', other = ''] = await home.deliver(1, 30);
    const google = home.emulator.mailbox();
    const label = await google.createLabel({ name: 'Work' });
    await google.modifyMessages({ ids: [other], addLabelIds: [label.id], removeLabelIds: ['INBOX'] });
    const { run } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const stores = inDatabase(postgres.create(t).address);
    const [source, shared] = [await home.openStores(), await home.on(stores).openStores()];
    t.after(() => Promise.all([source.close(), shared.close()]));
    const move = async (from: HomeStores, to: HomeStores) => {
      const options = { signal: t.signal, onProgress: () => undefined };
      const [{ copied, changed, deleted } = assert.fail()] = (await moveHome(home.home, { from, to }, options)).mirrors;
      return { copied, changed, deleted };
    };
    assert.deepEqual(await move(source, shared), { copied: 30, changed: 0, deleted: 0 });
    const bytes = await shared.mirrors.sizeBytes(me);
    assert.ok(bytes > 30 * 100 && bytes < 20_000_000, String(bytes));
    assert.equal(await shared.mirrors.sizeBytes('nobody@example.org'), 0);

    await google.modifyMessages({ ids: [starred], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await google.deleteMessages([gone]);
    await google.updateLabel(label.id, { name: 'Play' });
    await home.deliver(31, 31);
    home.emulator.clock.advance(61_000);
    await run('gmail-history', 1);
    assert.deepEqual(await move(source, shared), { copied: 1, changed: 1, deleted: 1 });

    await google.modifyMessages({ ids: [other], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await home.deliver(32, 32);
    home.emulator.clock.advance(61_000);
    home.calls('');
    const moved = home.on(stores);
    const there = await moved.startProcess();
    await there.run('gmail-mirror');
    await there.run('gmail-history', 1);
    assert.equal(home.calls('messages.get'), 1);
    assert.equal(await assertEqual(moved), 31);
    assert.deepEqual(await idsOf(await there.open(), 'is:starred label:play'), [other]);

    assert.deepEqual(await move(shared, source), { copied: 1, changed: 1, deleted: 0 });
    assert.equal(await assertEqual(home), 31);

    // What another host has deleted is made again, as long as the account is logged in, and goes with its login.
    await shared.mirrors.remove(me);
    await assert.rejects(there.run('gmail-mirror'), { code: 'NOT_FOUND' });
    await there.run('gmail-mirror');
    await there.run('gmail-history', 1);
    assert.equal(await assertEqual(moved), 31);
    home.emulator.clock.advance(2 * 3_600_000);
    await there.run('cache-sweep');
    assert.deepEqual(await shared.mirrors.list(), [me]);
    const logins = openCredentials(shared.live, home.home.dataFolder, { keyStore: 'file' });
    await logins.remove(me);
    logins.close();
    await there.run('cache-sweep');
    assert.deepEqual(await shared.mirrors.list(), []);
  });
});
