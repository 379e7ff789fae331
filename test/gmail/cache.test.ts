import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { Database } from '../../src/store/sqlite/database.ts';
import type { Mailbox, MessagePage } from '../../src/mail/mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import type { MailParts } from '../build-mail.ts';
import { buildMail } from '../build-mail.ts';
import type { Delivery } from './open-on-emulator.ts';
import { gmailOnEmulator } from './open-on-emulator.ts';

const noonMs = Date.UTC(2026, 5, 15, 12);
const emailAddress = 'me@example.org';
let delivered = 0;

/** Messages a minute apart. */
function mails(count: number, parts: MailParts = {}, labels: readonly string[] = ['INBOX']): readonly Delivery[] {
  return Array.from({ length: count }, (_, index) => ({
    raw: buildMail({ messageId: `${(delivered += 1)}@made-up.example`, subject: `mail ${index}`, ...parts }),
    receivedMs: noonMs + delivered * 60_000,
    labels,
  }));
}

function search(mailbox: Mailbox, text = '', maxResults = 10): Promise<MessagePage> {
  const query = parseQuery(text, { emailAddress, nowMs: noonMs, timeZone: 'UTC' });
  return mailbox.searchMessages({ query, maxResults, includeSpamTrash: false });
}

/** What costs nothing. */
const nothing = { calls: [], units: 0 };
/** What finding out that nothing has changed costs. */
const verification = { calls: ['history.list'], units: 2 };

test('the first search takes two round trips; the same again asks nothing while it is fresh, then only for changes', async (t) => {
  const { open, deliver, asked, pass } = await gmailOnEmulator(t);
  const mailbox = open();
  await deliver(mails(10));
  assert.deepEqual(await asked(() => search(mailbox)), {
    calls: ['messages.list', 'getProfile', 'batch of 10 messages.get'],
    units: 5 + 1 + 10 * 20,
  });
  const first = await search(mailbox);
  assert.equal(first.messages.length, 10);
  assert.deepEqual(await asked(() => search(mailbox)), nothing);
  pass(120_000);
  // Listed so soon after the beginning that Gmail's index might have lagged: listed once more.
  assert.deepEqual(await asked(() => search(mailbox)), {
    calls: ['messages.list', 'history.list'],
    units: 5 + 2,
  });
  pass(120_000);
  assert.deepEqual(await asked(() => search(mailbox)), verification);
  assert.deepEqual(await search(mailbox), first);
});

test('who has asked for the profile before has paid for the beginning', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  const [id = ''] = await deliver(mails(1));
  await mailbox.getProfile();
  assert.deepEqual(await asked(() => mailbox.getThread(id)), { calls: ['threads.get'], units: 40 });
  assert.deepEqual(await asked(() => mailbox.getThread(id)), nothing);
});

test('fifty hits come in three batches of at most twenty', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  await deliver(mails(50));
  const { calls } = await asked(() => search(mailbox, '', 50));
  assert.deepEqual(calls.toSorted(), [
    'batch of 10 messages.get',
    'batch of 20 messages.get',
    'batch of 20 messages.get',
    'getProfile',
    'messages.list',
  ]);
});

test('after new mail only the page and the new messages are asked for', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  await deliver(mails(10));
  await search(mailbox);
  const ids = await deliver(mails(1, { subject: 'new' }));
  const { calls } = await asked(() => search(mailbox));
  assert.deepEqual(calls, ['messages.list', 'history.list', 'messages.get']);
  assert.deepEqual(await asked(async () => assert.equal((await search(mailbox)).messages[0]?.id, ids[0])), nothing);
});

test('labels that change elsewhere are seen after at most ten seconds, for two units', async (t) => {
  const { open, deliver, asked, emulator, pass } = await gmailOnEmulator(t);
  const mailbox = open();
  const [id = ''] = await deliver(mails(1, {}, ['INBOX', 'UNREAD']));
  await mailbox.getMessage(id);
  const change = { ids: [id], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] };
  await emulator.mailbox().modifyMessages(change);
  pass(10_000);
  let labelIds: readonly string[] = [];
  const cost = await asked(async () => {
    ({ labelIds } = (await mailbox.getMessage(id)).summary);
  });
  assert.deepEqual(labelIds, ['INBOX', 'STARRED']);
  assert.deepEqual(cost, verification);
});

test('our own changes are seen at once, by every process', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const [mailbox, other] = [open(), open()];
  const ids = await deliver(mails(40, {}, ['INBOX', 'UNREAD']));
  await search(mailbox, 'is:unread', 50);
  await search(other, 'is:unread', 50);
  const change = { ids, addLabelIds: [], removeLabelIds: ['UNREAD'] };
  const cost = await asked(() => mailbox.modifyMessages(change));
  assert.deepEqual(cost, { calls: ['labels.list', 'messages.batchModify'], units: 1 + 50 });
  for (const reader of [mailbox, other]) {
    assert.deepEqual((await search(reader, 'is:unread', 50)).messages, []);
    const { messages } = await search(reader, '', 50);
    assert.deepEqual(new Set(messages.flatMap(({ labelIds }) => labelIds)), new Set(['INBOX']));
  }
});

test('what one process has read another need not ask for', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const [id = ''] = await deliver(mails(3));
  const first = open();
  const page = await search(first);
  const message = await first.getMessage(id);
  const second = open();
  assert.deepEqual(
    await asked(async () => {
      assert.deepEqual(await search(second), page);
      assert.deepEqual(await second.getMessage(id), message);
    }),
    nothing,
  );
});

test('messages, their bytes and threads are paid for once', async (t) => {
  const { open, deliver, asked, pass } = await gmailOnEmulator(t);
  const mailbox = open();
  const [id = ''] = await deliver([
    ...mails(1, { subject: 'Lunch', messageId: 'first@x' }),
    ...mails(2, { subject: 'Re: Lunch', inReplyTo: 'first@x' }),
  ]);
  const reads: readonly (readonly [string, () => Promise<unknown>, number])[] = [
    ['threads.get', () => mailbox.getThread(id), 40],
    ['messages.get', () => mailbox.getRawMessage(id), 20],
  ];
  await search(mailbox, 'subject:nothing');
  for (const [call, read, units] of reads) {
    assert.deepEqual(await asked(read), { calls: [call], units });
    const first = await read();
    assert.deepEqual(await asked(read), nothing);
    pass(10_000);
    assert.deepEqual(await asked(read), verification);
    assert.deepEqual(await read(), first);
  }
  assert.deepEqual(await asked(() => mailbox.getMessage(id)), nothing);
});

test('a reply shows in its thread, a deleted message nowhere', async (t) => {
  const { open, deliver, emulator, pass } = await gmailOnEmulator(t);
  const mailbox = open();
  const [first = ''] = await deliver(mails(1, { subject: 'Lunch', messageId: 'first@y' }));
  await mailbox.getThread(first);
  const [second = ''] = await deliver(mails(1, { subject: 'Re: Lunch', inReplyTo: 'first@y' }));
  const ids = async (): Promise<readonly string[]> =>
    (await mailbox.getThread(first)).messages.map(({ summary }) => summary.id);
  assert.deepEqual(await ids(), [first, second]);
  await emulator.mailbox().deleteMessages([first]);
  pass(10_000);
  await assert.rejects(mailbox.getMessage(first), { code: 'NOT_FOUND' });
  assert.deepEqual(
    (await search(mailbox)).messages.map(({ id }) => id),
    [second],
  );
});

test('whatever is changed, here and elsewhere, what is served after ten seconds is what Gmail has', async (t) => {
  const { open, deliver, emulator, pass } = await gmailOnEmulator(t);
  const processes = [open(), open()];
  const truth = emulator.mailbox();
  const ids = [...(await deliver(mails(12, { subject: 'Lunch' })))];
  let state = 20261122;
  // The MINSTD generator: the same choices in every run.
  const choose = <T>(values: readonly T[]): T => {
    state = (state * 48_271) % 2_147_483_647;
    return values[state % values.length] ?? assert.fail('nothing to choose from');
  };
  for (let step = 0; step < 80; step += 1) {
    const mailbox = choose(processes);
    const addLabelIds = [choose(['STARRED', 'IMPORTANT', 'TRASH', 'UNREAD'])];
    const change = { ids: [choose(ids), choose(ids)], addLabelIds, removeLabelIds: ['INBOX'] };
    const work = choose<() => Promise<unknown>>([
      () => search(mailbox, 'lunch', 50),
      () => mailbox.getMessage(choose(ids)),
      () => mailbox.getThread(choose(ids)).catch(() => undefined),
      () => mailbox.modifyMessages(change),
      () => mailbox.modifyMessages({ ...change, addLabelIds: ['INBOX'], removeLabelIds: addLabelIds }),
      () => truth.modifyMessages(change),
      () => truth.modifyMessages({ ...change, addLabelIds: ['INBOX'], removeLabelIds: addLabelIds }),
      async () => ids.push(...(await deliver(mails(1, { subject: 'Lunch' })))),
      async () => pass(3000),
    ]);
    await work();
    if (step % 8 !== 0) continue;
    pass(10_000);
    const [served, right] = await Promise.all([search(mailbox, 'lunch', 50), search(truth, 'lunch', 50)]);
    const shown = ({ messages }: MessagePage): readonly unknown[] =>
      messages.map(({ id, historyId, labelIds }) => [id, historyId, [...labelIds].toSorted()]);
    assert.deepEqual(shown(served), shown(right), `step ${step}`);
  }
});

test('when Gmail has forgotten the history, labels are read anew and contents kept', async (t) => {
  const { open, deliver, emulator, asked, pass } = await gmailOnEmulator(t);
  const mailbox = open();
  const [id = ''] = await deliver(mails(1, {}, ['INBOX', 'UNREAD']));
  await search(mailbox);
  await emulator.mailbox().modifyMessages({ ids: [id], addLabelIds: [], removeLabelIds: ['UNREAD'] });
  await emulator.forgetHistory();
  await emulator.mailbox().modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
  pass(10_000);
  const { calls } = await asked(async () => {
    assert.deepEqual((await search(mailbox)).messages[0]?.labelIds, ['INBOX', 'STARRED']);
  });
  assert.deepEqual(calls, ['messages.list', 'history.list', 'getProfile', 'messages.get']);
  assert.deepEqual(await asked(() => search(mailbox)), nothing);
});

test('nothing that a message says stands readable in the file, and another key reads nothing', async (t) => {
  const { open, deliver, asked, cache } = await gmailOnEmulator(t);
  const attachment = { filename: 'geheimfile.txt', content: 'x' };
  const mail = { subject: 'Geheimsubject', text: 'Geheimtext '.repeat(100), from: 'geheim@example.com', attachment };
  const [id = ''] = await deliver(mails(1, mail));
  const mailbox = open();
  await search(mailbox, 'geheimsubject');
  await mailbox.getRawMessage(id);
  const bytes = ['', '-wal'].map((suffix) => readFileSync(`${cache.file}${suffix}`).toString('latin1')).join('');
  assert.ok(bytes.includes(id));
  assert.doesNotMatch(bytes, /geheim/i);
  const other = open({ cache: { ...cache, key: randomBytes(32) } });
  assert.deepEqual((await asked(() => other.getRawMessage(id))).calls, ['messages.get']);
});

test('a cache that is full forgets what was not used for longest, and stays below its size', async (t) => {
  const { open, deliver, asked, cache, pass } = await gmailOnEmulator(t);
  const noise = (): MailParts => ({ text: randomBytes(30_000).toString('base64') });
  const ids = await deliver(Array.from({ length: 30 }, () => mails(1, noise())).flat());
  const mailbox = open({ cache: { ...cache, maxBytes: 500_000 } });
  for (const id of ids) {
    await mailbox.getRawMessage(id);
    pass(1);
  }
  const database = new Database(cache.file, 1000);
  const total = Number(database.get('SELECT total_bytes FROM state')?.total_bytes);
  const counted = Number(database.get('SELECT sum(size_bytes) AS total FROM sealed')?.total);
  database.close();
  assert.equal(total, counted);
  assert.ok(total > 250_000 && total <= 500_000, String(total));
  assert.deepEqual((await asked(() => mailbox.getRawMessage(ids.at(-1) ?? ''))).calls, []);
  assert.deepEqual((await asked(() => mailbox.getRawMessage(ids[0] ?? ''))).calls, ['messages.get']);
});

test('a damaged cache is made anew without anybody noticing, before and while it is open', async (t) => {
  const { open, deliver, asked, cache } = await gmailOnEmulator(t);
  await deliver(mails(3));
  const first = open();
  const page = await search(first);
  first.close();
  writeFileSync(cache.file, randomBytes(20_000));
  const second = open();
  assert.deepEqual(await search(second), page);
  assert.deepEqual(await asked(() => search(second)), nothing);
  // Over everything behind the header of the file.
  const bytes = readFileSync(cache.file);
  writeFileSync(cache.file, Buffer.concat([bytes.subarray(0, 100), randomBytes(Math.max(4096, bytes.length))]));
  writeFileSync(`${cache.file}-wal`, '');
  assert.deepEqual(await search(second), page);
  assert.deepEqual(await search(second), page);
});

test('a cache that another program holds locked is passed over', async (t) => {
  const { open, deliver, cache } = await gmailOnEmulator(t);
  const [id = ''] = await deliver(mails(2));
  const mailbox = open();
  const page = await search(mailbox);
  const holder = new Database(cache.file, 1000);
  t.after(() => holder.close());
  holder.execute('BEGIN EXCLUSIVE');
  assert.deepEqual(await search(mailbox), page);
  assert.equal((await mailbox.getMessage(id)).summary.id, id);
  holder.execute('ROLLBACK');
});

test('a folder in which nothing can be written costs the cache and nothing else', async (t) => {
  const { open, deliver, cache } = await gmailOnEmulator(t);
  await deliver(mails(2));
  const mailbox = open({ cache: { ...cache, file: `${import.meta.filename}/cache.db` } });
  assert.equal((await search(mailbox)).messages.length, 2);
});

test('equal reads that are under way together are one request, and one that gives up takes nobody along', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  const [id = '', another = ''] = await deliver(mails(2));
  await search(mailbox, 'subject:nothing');
  const { calls } = await asked(() => Promise.all(Array.from({ length: 5 }, () => mailbox.getMessage(id))));
  assert.deepEqual(calls, ['messages.get']);
  const impatient = new AbortController();
  const context = { requestId: 'r', transport: 'rest', signal: impatient.signal } as const;
  const given = runInContext(context, () => mailbox.getMessage(another));
  const waited = mailbox.getMessage(another);
  impatient.abort(new AppError('UNAVAILABLE', 'gone'));
  await assert.rejects(given, { message: 'gone' });
  assert.equal((await waited).summary.id, another);
});
