import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { keptHistoryRecords } from '../../src/local/history.ts';
import type { IncomingMessage } from '../../src/local/incoming.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startStoreProcess } from './store-process.ts';
import { emailAddress, incoming, openMailbox } from './temporary-mailbox.ts';

const everything = { query: { kind: 'all' }, includeSpamTrash: true, maxResults: 5000 } as const;

function numbered(count: number, from = 0): Promise<IncomingMessage[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      incoming({ messageId: `${from + index}@x`, text: `number ${from + index}`, receivedMs: 1e12 + (from + index) * 7 }),
    ),
  );
}

suite('adding messages', () => {
  test('tells what was added from what was there, in the order of the batch', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const [one, two, three] = await numbered(3);
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    const [first] = mailbox.addMessages([two]);
    const outcomes = mailbox.addMessages([three, two, one, three]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['added', 'duplicate', 'added', 'duplicate'],
    );
    assert.equal(outcomes[1]?.id, first?.id);
    assert.equal(outcomes[3]?.id, outcomes[0]?.id);
    assert.equal((await mailbox.getProfile()).messagesTotal, 3);
  });

  test('gives the same ids in every mailbox', async (t) => {
    const messages = await numbered(20);
    const here = openMailbox(t, temporaryFolder(t)).addMessages(messages);
    const there = openMailbox(t, temporaryFolder(t)).addMessages(messages.toReversed());
    assert.deepEqual(new Set(here.map(({ id }) => id)), new Set(there.map(({ id }) => id)));
  });

  test('keeps thousands of messages of one moment apart and in reach of date searches', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const messages = await Promise.all(
      Array.from({ length: 1200 }, (_, index) => incoming({ messageId: `${index}@x`, receivedMs: 0 })),
    );
    mailbox.addMessages(messages.slice(0, 700));
    mailbox.addMessages(messages.slice(700));
    const search = { ...everything, query: { kind: 'date', beforeMs: 1000 } } as const;
    const { messages: found } = await mailbox.searchMessages(search);
    assert.equal(new Set(found.map(({ id }) => id)).size, 1200);
  });

  test('stores a mark with the messages, for the next opening too', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    assert.equal(mailbox.getMark('place'), undefined);
    mailbox.addMessages(await numbered(1), { mark: { name: 'place', value: '17' } });
    mailbox.addMessages([], { mark: { name: 'place', value: '18' } });
    assert.equal(openMailbox(t, folder).getMark('place'), '18');
  });

  test('registers a message with the DRAFT label as a draft', async (t) => {
    const folder = temporaryFolder(t);
    const [outcome] = openMailbox(t, folder).addMessages([await incoming({ labels: ['DRAFT'] })]);
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
    const [outcome] = mailbox.addMessages([await incoming({ labels })]);
    const { summary } = await mailbox.getMessage(outcome?.id ?? '');
    assert.equal(summary.labelIds.length, 4);
    const names = (await mailbox.listLabels()).filter(({ type }) => type === 'user').map(({ name }) => name);
    assert.deepEqual(names, ['Work', 'x'.repeat(225), 'Größe/Maße']);
    await assert.rejects(mailbox.createLabel('work'), { code: 'CONFLICT' });
    await assert.rejects(mailbox.createLabel('Inbox'), { code: 'CONFLICT' });
    await assert.rejects(mailbox.createLabel('  '), { code: 'INVALID_INPUT' });
    assert.equal((await mailbox.createLabel('Home')).name, 'Home');
  });

  test('forgets the oldest history beyond what is kept', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    const [id = ''] = mailbox.addMessages(await numbered(1)).map((outcome) => outcome.id);
    const database = new DatabaseSync(join(folder, 'mailbox.db'));
    database.exec(`UPDATE mailbox SET history_id = history_id + ${keptHistoryRecords}`);
    database.close();
    await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await assert.rejects(mailbox.listHistory({ startHistoryId: '2', maxResults: 10 }), { code: 'NOT_FOUND' });
    const { history } = await mailbox.listHistory({ startHistoryId: '3', maxResults: 10 });
    assert.equal(history.length, 1);
  });

  test('on a full disk fails with what to do, loses nothing, and completes when there is room', async (t) => {
    const folder = temporaryFolder(t);
    const first = openLocalMailbox({ folder, emailAddress });
    first.addMessages(await numbered(10));
    first.close();
    for (const file of ['raw.db', 'mailbox.db']) {
      const crowded = await startStoreProcess(t, { folder, fullFile: file });
      const answer = await crowded.ask({ command: 'add', count: 2000 });
      assert.equal(answer.code, 'UNAVAILABLE', JSON.stringify(answer));
      assert.match(String(answer.message), /the disk is full/);
      assert.match(String(answer.hint), /Free some space/);
      await crowded.stop();
      assert.equal((await checkWhole(folder)).integrity, 'ok');
    }
    const mailbox = openMailbox(t, folder);
    mailbox.addMessages(await numbered(2000));
    assert.equal((await mailbox.getProfile()).messagesTotal, 2000);
  });

  test('survives being killed at any moment: what was acknowledged is there, adding again makes it whole', async (t) => {
    const folder = temporaryFolder(t);
    let acknowledged = 0;
    for (let round = 1; round <= 4; round += 1) {
      const store = await startStoreProcess(t, { folder });
      const wanted = acknowledged + 200 * round;
      const acknowledgements = store.stream({ command: 'addForever', from: 0 });
      for await (const { added } of acknowledgements) {
        acknowledged = Math.max(acknowledged, Number(added));
        if (acknowledged >= wanted) break;
      }
      await store.kill();
      const { total, integrity } = await checkWhole(folder);
      assert.equal(integrity, 'ok');
      assert.ok(total >= acknowledged, `${total} stored, ${acknowledged} acknowledged`);
    }
    const mailbox = openMailbox(t, folder);
    mailbox.addMessages(await numbered(acknowledged + 5000));
    assert.equal((await mailbox.getProfile()).messagesTotal, acknowledged + 5000);
    const { messages } = await mailbox.searchMessages({ ...everything, maxResults: acknowledged + 6000 });
    assert.equal(new Set(messages.map(({ id }) => id)).size, acknowledged + 5000);
  });
});

/** Opens the files again and checks them: SQLite's own check, the totals, and that each message has its bytes. */
async function checkWhole(folder: string): Promise<{ readonly total: number; readonly integrity: unknown }> {
  const mailbox = openLocalMailbox({ folder, emailAddress });
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

