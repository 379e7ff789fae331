import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { addMessages } from '../../src/local/arrival/add-messages.ts';
import { keptHistoryRecords } from '../../src/local/reading/history.ts';
import { mailFormat, rawFormat } from '../../src/store/sqlite/mail/mail-format.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { mailFileName, mailStoreOn, openMailStore, rawFileName } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { systemLabelIds } from '../../src/mail/message.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, incoming, numbered, openMailbox } from './temporary-mailbox.ts';

const everything = { query: { kind: 'all' }, includeSpamTrash: true, maxResults: 5000 } as const;

suite('adding messages', () => {
  test('tells what was added from what was there, in the order of the batch', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const [one, two, three] = await numbered(3);
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    const [first] = await mailbox.addMessages([two]);
    const outcomes = await mailbox.addMessages([three, two, one, three]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['added', 'duplicate', 'added', 'duplicate'],
    );
    assert.equal(outcomes[1]?.id, first?.id);
    assert.equal(outcomes[3]?.id, outcomes[0]?.id);
    assert.equal((await mailbox.getProfile()).messagesTotal, 3);
  });

  test('merges the index in larger groups during an import only', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    const pieces = () => {
      const database = new DatabaseSync(join(folder, mailFileName), { readOnly: true });
      const row = database.prepare("SELECT v FROM full_text_config WHERE k = 'automerge'").get();
      database.close();
      return row?.v;
    };
    const messages = await numbered(420);
    await mailbox.addMessages(messages.slice(0, 20));
    assert.equal(pieces(), undefined, 'mail that arrives');
    await mailbox.addMessages(messages.slice(20));
    assert.equal(pieces(), 8, 'an import');
    await mailbox.finishImport();
    assert.equal(pieces(), 4, 'as FTS5 has it');
    assert.equal((await mailbox.searchMessages(everything)).messages.length, 420);
  });

  test('has once what two connections add at the same moment', async (t) => {
    const folder = temporaryFolder(t);
    const [one, other] = [openMailbox(t, folder), openMailbox(t, folder)];
    const batch = await numbered(60);
    const outcomes = await Promise.all([one.addMessages(batch), other.addMessages(batch)]);
    assert.equal(outcomes.flat().filter(({ kind }) => kind === 'added').length, 60);
    const [ids, others] = outcomes.map((of) => of.map(({ id }) => id));
    assert.deepEqual(ids, others);
    assert.equal((await one.getProfile()).messagesTotal, 60);
  });

  test('gives the same ids in every mailbox', async (t) => {
    const messages = await numbered(20);
    const here = await openMailbox(t, temporaryFolder(t)).addMessages(messages);
    const there = await openMailbox(t, temporaryFolder(t)).addMessages(messages.toReversed());
    assert.deepEqual(new Set(here.map(({ id }) => id)), new Set(there.map(({ id }) => id)));
  });

  test('keeps thousands of messages of one moment apart and in reach of date searches', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const messages = await Promise.all(
      Array.from({ length: 1200 }, (_, index) => incoming({ messageId: `${index}@x`, receivedMs: 0 })),
    );
    await mailbox.addMessages(messages.slice(0, 700));
    await mailbox.addMessages(messages.slice(700));
    const search = { ...everything, query: { kind: 'date', beforeMs: 1000 } } as const;
    const { messages: found } = await mailbox.searchMessages(search);
    assert.equal(new Set(found.map(({ id }) => id)).size, 1200);
  });

  test('stores a mark with the messages, for the next opening too', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    assert.equal(await mailbox.getMark('place'), undefined);
    await mailbox.addMessages(await numbered(1), { mark: { name: 'place', value: '17' } });
    await mailbox.addMessages([], { mark: { name: 'place', value: '18' } });
    assert.equal(await openMailbox(t, folder).getMark('place'), '18');
  });

  test('has every system label', async (t) => {
    const labels = await openMailbox(t, temporaryFolder(t)).listLabels();
    assert.deepEqual(
      labels.map(({ id }) => id),
      systemLabelIds,
    );
  });

  test('registers a message with the DRAFT label as a draft', async (t) => {
    const folder = temporaryFolder(t);
    const [outcome] = await openMailbox(t, folder).addMessages([await incoming({ labels: ['DRAFT'] })]);
    const database = new DatabaseSync(join(folder, 'mailbox.db'));
    const drafts = database.prepare('SELECT gmail_id FROM draft').all();
    database.close();
    assert.deepEqual(
      drafts.map((row) => row.gmail_id),
      [`r-${BigInt(`0x${outcome?.id}`)}`],
    );
  });

  test('takes label names that fold to the same as one label, and odd ones without a fault', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const labels = ['Work', 'WORK ', 'inbox', '', ' ', 'x'.repeat(300), 'Größe/Maße'];
    const [outcome] = await mailbox.addMessages([await incoming({ labels })]);
    const { summary } = await mailbox.getMessage(outcome?.id ?? '');
    assert.equal(summary.labelIds.length, 4);
    const names = (await mailbox.listLabels()).filter(({ type }) => type === 'user').map(({ name }) => name);
    assert.deepEqual(names, ['Work', 'x'.repeat(225), 'Größe/Maße']);
    await assert.rejects(mailbox.createLabel({ name: 'work' }), { code: 'CONFLICT' });
    await assert.rejects(mailbox.createLabel({ name: 'Inbox' }), { code: 'INVALID_INPUT' });
    await assert.rejects(mailbox.createLabel({ name: '  ' }), { code: 'INVALID_INPUT' });
    assert.equal((await mailbox.createLabel({ name: 'Home' })).name, 'Home');
  });

  test('forgets the oldest history beyond what is kept', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    const [id = ''] = (await mailbox.addMessages(await numbered(1))).map((outcome) => outcome.id);
    const database = new DatabaseSync(join(folder, 'mailbox.db'));
    database.exec(`UPDATE mailbox SET history_id = history_id + ${keptHistoryRecords}`);
    database.close();
    await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await assert.rejects(mailbox.listHistory({ startHistoryId: '2', maxResults: 10 }), { code: 'NOT_FOUND' });
    const { history } = await mailbox.listHistory({ startHistoryId: '3', maxResults: 10 });
    assert.equal(history.length, 1);
  });

  for (const full of ['raw', 'mailbox'] as const) {
    test(`on a full disk (${full}.db) fails with what to do, loses nothing, completes when there is room`, async (t) => {
      const folder = temporaryFolder(t);
      await openMailbox(t, folder).addMessages(await numbered(10));
      const files = {
        mailbox: openDatabase(join(folder, mailFileName), mailFormat),
        raw: openDatabase(join(folder, rawFileName), rawFormat),
      };
      const pages = files[full].get('PRAGMA page_count')?.page_count;
      files[full].execute(`PRAGMA max_page_count = ${Number(pages) + 40}`);
      const batch = await numbered(3000);
      const store = mailStoreOn(files.mailbox, files.raw);
      await assert.rejects(addMessages(store, emailAddress, batch, { name: 'place', value: 'end' }), (error) => {
        assert.ok(error instanceof AppError, String(error));
        assert.equal(error.code, 'UNAVAILABLE');
        assert.match(error.message, new RegExp(`${full}\\.db cannot grow: the disk is full`));
        assert.match(error.details.hint ?? '', /Free some space/);
        return true;
      });
      store.close();
      const { total, integrity } = await checkWhole(folder);
      assert.equal(integrity, 'ok');
      assert.ok(total >= 10 && total < 3000, String(total));
      const mailbox = openMailbox(t, folder);
      assert.equal(await mailbox.getMark('place'), undefined);
      assert.equal((await mailbox.addMessages(batch)).filter(({ kind }) => kind === 'added').length, 3000 - total);
      assert.equal((await mailbox.getProfile()).messagesTotal, 3000);
    });
  }

  test('survives being killed at any moment: what was acknowledged is there, adding again makes it whole', async (t) => {
    const folder = temporaryFolder(t);
    let acknowledged = 0;
    for (let round = 1; round <= 4; round += 1) {
      const worker = fork(new URL('add-worker.ts', import.meta.url), [folder]);
      t.after(() => worker.kill('SIGKILL'));
      const wanted = acknowledged + 150 * round;
      const limit = AbortSignal.timeout(60_000);
      for await (const [message] of on(worker, 'message', { signal: limit })) {
        acknowledged = Math.max(acknowledged, Number(message));
        if (acknowledged >= wanted) break;
      }
      worker.kill('SIGKILL');
      await once(worker, 'exit', { signal: limit });
      const { total, integrity } = await checkWhole(folder);
      assert.equal(integrity, 'ok');
      assert.ok(total >= acknowledged, `${total} stored, ${acknowledged} acknowledged`);
    }
    const mailbox = openMailbox(t, folder);
    const whole = acknowledged + 1000;
    await mailbox.addMessages(await numbered(whole));
    assert.equal((await mailbox.getProfile()).messagesTotal, whole);
    assert.equal((await checkWhole(folder)).total, whole);
  });
});

/** Opens the files again and checks them: SQLite's own check, the totals, and that each message has its bytes. */
async function checkWhole(folder: string): Promise<{ readonly total: number; readonly integrity: unknown }> {
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
  const { messagesTotal } = await mailbox.getProfile();
  const { messages } = await mailbox.searchMessages({ ...everything, maxResults: 100_000 });
  assert.equal(messages.length, messagesTotal);
  for (const { id } of messages) await mailbox.getMessage(id);
  mailbox.close();
  const database = new DatabaseSync(join(folder, 'mailbox.db'));
  const integrity = database.prepare('PRAGMA integrity_check').get()?.integrity_check;
  database.close();
  return { total: messagesTotal, integrity };
}
