import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { maxUserLabels } from '../../src/local/labels/change-labels.ts';
import { maxFilters } from '../../src/local/arrival/filters.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, incoming, openMailbox } from './temporary-mailbox.ts';

const nowMs = Date.UTC(2026, 5, 15, 12);
const clock = { now: () => nowMs };

function rowsIn(folder: string, file: string, table: string): number {
  const database = new DatabaseSync(join(folder, file));
  const total = database.prepare(`SELECT count(*) AS total FROM ${table}`).get()?.total;
  database.close();
  return Number(total);
}

suite('drafts and sent mail on this machine', () => {
  test('take their time from the clock of the mailbox, and ids of their own in one moment', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t), clock);
    const raw = buildMail({ to: 'bob@example.org', messageId: 'same@x', date: 'Thu, 01 Jan 2026 00:00:00 +0000' });
    const drafts = await Promise.all(Array.from({ length: 20 }, () => mailbox.createDraft({ raw })));
    assert.deepEqual(new Set(drafts.map(({ message }) => message.internalDate)), new Set([String(nowMs)]));
    const [draft] = drafts;
    const ids = new Set(drafts.map(({ message }) => message.id));
    for (let count = 0; count < 20; count += 1) {
      ids.add((await mailbox.updateDraft(draft?.id ?? '', { raw })).message.id);
    }
    assert.equal(ids.size, 40, 'no id comes back');
  });

  test('a draft gets From, Date and Message-ID where it has none, and keeps what it has', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t), clock);
    const rawOf = async (text: string): Promise<string> => {
      const { id } = await mailbox.createDraft({ raw: Buffer.from(text) });
      return Buffer.from((await mailbox.getDraft(id)).message.raw).toString();
    };
    assert.match(
      await rawOf('Subject: x\r\n\r\ntext'),
      /^From: me@example\.org\r\nDate: Mon, 15 Jun 2026 12:00:00 \+0000\r\nMessage-ID: <[-\da-f]{36}@example\.org>\r\nSubject: x\r\n\r\ntext$/,
    );
    assert.match(await rawOf('just text'), /^From: .*\r\nDate: .*\r\nMessage-ID: .*\r\n\r\njust text$/);
    const whole = 'from: a@b.c\r\nDATE: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-Id: <1@x>\r\n\r\ntext';
    assert.equal(await rawOf(whole), whole);
  });

  test('bytes of a deleted message, a changed draft and a sent one leave the disk', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    const raw = buildMail({ from: emailAddress, to: 'bob@example.org' });
    const { id } = await mailbox.createDraft({ raw });
    await mailbox.updateDraft(id, { raw });
    await mailbox.updateDraft(id, { raw });
    assert.equal(rowsIn(folder, 'raw.db', 'raw'), 1);
    const sent = await mailbox.sendDraft(id);
    assert.equal(rowsIn(folder, 'raw.db', 'raw'), 1);
    await mailbox.deleteMessages([sent.id]);
    for (const [file, table] of [
      ['raw.db', 'raw'],
      ['mailbox.db', 'released_raw'],
      ['mailbox.db', 'message'],
      ['mailbox.db', 'message_label'],
      ['mailbox.db', 'draft'],
      ['mailbox.db', 'full_text'],
    ] as const) {
      assert.equal(rowsIn(folder, file, table), 0, table);
    }
  });

  test('a draft of an archive that was changed here is not taken over by the archive', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const archived = await incoming({ subject: 'Old', labels: ['DRAFT'] });
    await mailbox.addMessages([archived]);
    const [draft] = (await mailbox.listDrafts({ maxResults: 10 })).drafts;
    await mailbox.updateDraft(draft?.id ?? '', { raw: buildMail({ subject: 'New' }) });
    await mailbox.addMessages([archived]);
    const { drafts } = await mailbox.listDrafts({ maxResults: 10 });
    assert.deepEqual(new Map(drafts.map(({ id, message }) => [id, message.subject])).get(draft?.id ?? ''), 'New');
    assert.equal(drafts.length, 2);
  });

  test('processes that delete and add the same messages leave none without its bytes', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    const workers = [1, 2, 3].map(() => fork(new URL('add-delete-worker.ts', import.meta.url), [folder, '1']));
    t.after(() => workers.map((worker) => worker.kill('SIGKILL')));
    const exits = await Promise.all(
      workers.map((worker) => once(worker, 'exit', { signal: AbortSignal.timeout(30_000) })),
    );
    assert.deepEqual(
      exits.map(([code]) => Number(code)),
      [0, 0, 0],
    );
    const { messages } = await mailbox.searchMessages({
      query: { kind: 'all' },
      includeSpamTrash: true,
      maxResults: 100,
    });
    assert.equal((await mailbox.getProfile()).messagesTotal, messages.length);
    for (const { id } of messages) await mailbox.getRawMessage(id);
    assert.equal(rowsIn(folder, 'mailbox.db', 'full_text'), messages.length);
  });
});

suite('mail that comes into the local mailbox', () => {
  test('importing the same bytes again answers the message that is there; inserting makes another', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const raw = buildMail({ messageId: '1@x', subject: 'Plan' });
    const first = await mailbox.importMessage({ raw, labelIds: ['INBOX'] });
    assert.deepEqual(await mailbox.importMessage({ raw, labelIds: ['STARRED'] }), first);
    const inserted = await mailbox.insertMessage({ raw, labelIds: ['STARRED'] });
    assert.notEqual(inserted.id, first.id);
    assert.deepEqual(inserted.labelIds, ['STARRED']);
    assert.equal((await mailbox.getProfile()).messagesTotal, 2);
  });

  test('an import is dated by its header, or now where it has none or that is asked for', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t), clock);
    const dateOf = async (date: string | undefined, internalDateSource?: 'receivedTime'): Promise<number> => {
      const raw = buildMail(date === undefined ? {} : { date });
      const source = internalDateSource === undefined ? {} : { internalDateSource };
      const { id } = await mailbox.insertMessage({ raw, labelIds: [], ...source });
      return Number((await mailbox.getMessageSummary(id)).internalDate);
    };
    const date = 'Fri, 03 Jan 2020 10:00:00 +0000';
    assert.equal(await dateOf(date), Date.UTC(2020, 0, 3, 10));
    assert.equal(await dateOf(date, 'receivedTime'), nowMs);
    assert.equal(await dateOf(undefined), nowMs);
    assert.equal(await dateOf('Fri, 03 Jan 1960 10:00:00 +0000'), nowMs);
    assert.equal(await dateOf('Tue, 16 Jun 2026 11:00:00 +0000'), nowMs + 23 * 60 * 60 * 1000);
    assert.equal(await dateOf('Fri, 03 Jan 2098 10:00:00 +0000'), nowMs);
  });

  test('a filter may keep mail out of the inbox, in the trash, or read', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t), clock);
    await mailbox.createFilter({ criteria: { from: 'ann' }, action: { addLabelIds: ['TRASH'] } });
    await mailbox.createFilter({ criteria: { from: 'bob' }, action: { removeLabelIds: ['UNREAD', 'INBOX'] } });
    await mailbox
      .createFilter({ criteria: { query: 'in:inbox is:unread older:2000' }, action: { forward: 'x@y.z' } })
      .then(
        () => assert.fail('an address that is not verified was taken'),
        () => undefined,
      );
    const receive = async (from: string, labelIds?: readonly string[]): Promise<readonly string[]> =>
      (await mailbox.receiveMessage({ raw: buildMail({ from }), ...(labelIds === undefined ? {} : { labelIds }) }))
        .labelIds;
    assert.deepEqual(await receive('ann@example.org'), ['TRASH', 'UNREAD']);
    assert.deepEqual(await receive('bob@example.org'), []);
    assert.deepEqual(await receive('carol@example.org'), ['INBOX', 'UNREAD']);
    assert.deepEqual(await receive('dan@example.org', ['SPAM', 'UNREAD']), ['SPAM', 'UNREAD']);
    const { messages } = await mailbox.searchMessages({
      query: { kind: 'label', label: 'TRASH' },
      includeSpamTrash: true,
      maxResults: 5,
    });
    assert.equal(messages[0]?.internalDate, String(nowMs));
  });

  test('a deleted label leaves the filters, and a filter that did nothing else goes with it', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const { id } = await mailbox.createLabel({ name: 'Work' });
    const star = { addLabelIds: ['STARRED', id] };
    await mailbox.createFilter({ criteria: { from: 'ann' }, action: star });
    await mailbox.createFilter({ criteria: { from: 'bob' }, action: { addLabelIds: [id] } });
    await mailbox.deleteLabel(id);
    assert.deepEqual(
      (await mailbox.listFilters()).map(({ criteria, action }) => [criteria, action]),
      [[{ from: 'ann' }, { addLabelIds: ['STARRED'] }]],
    );
  });

  test(`a mailbox has at most ${maxUserLabels} labels and ${maxFilters} filters`, async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openMailbox(t, folder);
    const database = new DatabaseSync(join(folder, 'mailbox.db'));
    const series = (total: number): string =>
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${total}) `;
    database.exec(`${series(maxUserLabels - 1)} INSERT INTO label (gmail_id, name, folded_name)
      SELECT 'Label_x' || i, 'n' || i, 'n' || i FROM n`);
    database.exec(`${series(maxFilters - 1)} INSERT INTO value (kind, name, value)
      SELECT 'filter', 'f' || i, '{"criteria":{"from":"a' || i || '"},"action":{"addLabelIds":["STARRED"]}}' FROM n`);
    database.close();
    await mailbox.createLabel({ name: 'Last' });
    await assert.rejects(mailbox.createLabel({ name: 'One more' }), {
      code: 'INVALID_INPUT',
      message: 'This mailbox has as many labels as it can have.',
    });
    const action = { addLabelIds: ['IMPORTANT'] };
    await mailbox.createFilter({ criteria: { from: 'last' }, action });
    await assert.rejects(mailbox.createFilter({ criteria: { from: 'more' }, action }), {
      code: 'INVALID_INPUT',
      message: 'This mailbox has as many filters as it can have.',
    });
    const { labelIds } = await mailbox.receiveMessage({ raw: buildMail({ from: 'last@example.org' }) });
    assert.deepEqual(labelIds, ['INBOX', 'UNREAD', 'IMPORTANT']);
  });
});

suite('what the mailbox tells of itself', () => {
  test('a label counts its messages and threads, all and unread', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const reply = { subject: 'Re: A', messageId: '2@x', inReplyTo: '1@x' };
    await mailbox.addMessages([
      await incoming({ subject: 'A', messageId: '1@x', labels: ['INBOX', 'UNREAD'] }),
      await incoming({ ...reply, labels: ['INBOX', 'UNREAD'] }),
      await incoming({ subject: 'B', messageId: '3@x', labels: ['INBOX'] }),
      await incoming({ subject: 'C', messageId: '4@x', labels: ['UNREAD'] }),
    ]);
    const counts = { messagesTotal: 3, messagesUnread: 2, threadsTotal: 2, threadsUnread: 1 };
    assert.deepEqual(await mailbox.getLabelCounts('INBOX'), counts);
    assert.deepEqual(await mailbox.getLabelCounts('SPAM'), {
      messagesTotal: 0,
      messagesUnread: 0,
      threadsTotal: 0,
      threadsUnread: 0,
    });
    await assert.rejects(mailbox.getLabelCounts('Label_999'), { code: 'NOT_FOUND' });
  });

  test('a forgotten history reaches from no id that was given out, and goes on from now', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    await mailbox.addMessages([await incoming({})]);
    const { historyId: before } = await mailbox.getProfile();
    await mailbox.forgetHistory();
    await assert.rejects(mailbox.listHistory({ maxResults: 10, startHistoryId: before }), { code: 'NOT_FOUND' });
    const { historyId: startHistoryId } = await mailbox.getProfile();
    await mailbox.addMessages([await incoming({ text: 'more' })]);
    assert.equal((await mailbox.listHistory({ maxResults: 10, startHistoryId })).history.length, 1);
  });

  test('the record of a deleted message tells its labels', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const [outcome] = await mailbox.addMessages([await incoming({ labels: ['INBOX', 'STARRED'] })]);
    const { historyId: startHistoryId } = await mailbox.getProfile();
    await mailbox.deleteMessages([outcome?.id ?? '']);
    const { history } = await mailbox.listHistory({ maxResults: 10, startHistoryId });
    assert.deepEqual(history[0]?.messagesDeleted?.[0]?.message.labelIds, ['INBOX', 'STARRED']);
  });

  test('a deleted label leaves a record for each message that had it', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    await mailbox.addMessages([
      await incoming({ text: 'a', labels: ['Work'] }),
      await incoming({ text: 'b', labels: ['Work'] }),
    ]);
    const { historyId: startHistoryId } = await mailbox.getProfile();
    await mailbox.deleteLabel('Label_100');
    const { history } = await mailbox.listHistory({ maxResults: 10, startHistoryId });
    assert.deepEqual(
      history.map(({ labelsRemoved }) => labelsRemoved?.[0]?.labelIds),
      [['Label_100'], ['Label_100']],
    );
  });
});
