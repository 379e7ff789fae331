import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Mailbox, MessagePage } from '../../src/mail/mailbox.ts';
import { maxSendBytes } from '../../src/mail/mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { buildMail } from '../build-mail.ts';
import type { Delivery } from './open-on-emulator.ts';
import { gmailOnEmulator } from './open-on-emulator.ts';

const noonMs = Date.UTC(2026, 5, 15, 12);
const emailAddress = 'me@example.org';

function mails(count: number): readonly Delivery[] {
  return Array.from({ length: count }, (_, index) => ({
    raw: buildMail({ messageId: `${index}@x`, subject: `mail ${index}` }),
    receivedMs: noonMs + index * 60_000,
    labels: ['INBOX'],
  }));
}

function search(mailbox: Mailbox, text = ''): Promise<MessagePage> {
  const query = parseQuery(text, { emailAddress, nowMs: noonMs, timeZone: 'UTC' });
  return mailbox.searchMessages({ query, maxResults: 50, includeSpamTrash: false });
}

test('hits that Gmail refuses inside a batch are asked for by themselves', async (t) => {
  const { open, deliver, emulator, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  const ids = await deliver(mails(10));
  emulator.faults.add({ match: 'gmail.users.messages.get', kind: 'status', status: 500, times: 2 });
  const { calls } = await asked(async () => {
    const { messages } = await search(mailbox);
    assert.deepEqual(
      messages.map(({ id }) => id),
      [...ids].toReversed(),
    );
  });
  assert.deepEqual(calls.slice(2), ['batch of 10 messages.get', 'messages.get', 'messages.get']);
});

test('a hit that is deleted while the page is read is left out', async (t) => {
  const { open, deliver, emulator } = await gmailOnEmulator(t);
  const mailbox = open();
  const [first = '', second = ''] = await deliver(mails(2));
  emulator.faults.add({
    match: 'gmail.users.messages.get',
    kind: 'status',
    status: 404,
    reason: 'notFound',
    message: 'Requested entity was not found.',
    times: 1,
  });
  const { messages } = await search(mailbox);
  assert.equal(messages.length, 1);
  assert.ok([first, second].includes(messages[0]?.id ?? ''));
});

test('a text with a name is a file, and no file is fetched to read a message', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  const raw = Buffer.from(
    [
      'Subject: named',
      'Content-Type: multipart/mixed; boundary=a',
      '',
      '--a',
      'Content-Type: text/plain; charset=utf-8; name="body.txt"',
      'Content-Disposition: inline; filename="body.txt"',
      '',
      'This is the text.',
      '--a',
      'Content-Type: text/plain; name="log.txt"',
      'Content-Disposition: attachment; filename="log.txt"',
      '',
      'This is a log.',
      '--a--',
      '',
    ].join('\r\n'),
  );
  const [id = ''] = await deliver([{ raw, receivedMs: noonMs, labels: ['INBOX'] }]);
  await search(mailbox, 'subject:nothing');
  const { calls } = await asked(async () => {
    const { content, summary } = await mailbox.getMessage(id);
    assert.equal(content.text, undefined);
    assert.deepEqual(
      content.attachments.map(({ filename, sizeBytes }) => [filename, sizeBytes]),
      [
        ['body.txt', 17],
        ['log.txt', 14],
      ],
    );
    assert.deepEqual(summary.attachmentNames, ['body.txt', 'log.txt']);
  });
  assert.deepEqual(calls, ['messages.get']);
});

test('a message of six megabytes is filed, drafted and sent whole', async (t) => {
  const { open } = await gmailOnEmulator(t);
  const mailbox = open();
  const attachment = { filename: 'big.bin', content: 'x'.repeat(4_500_000) };
  const mail = { from: emailAddress, to: emailAddress, subject: 'big', date: 'Fri, 03 Jan 2020 10:00:00 +0100' };
  const raw = buildMail({ ...mail, messageId: 'big@x', attachment });
  assert.ok(raw.length > 6_000_000);
  const filed = await mailbox.importMessage({ raw, labelIds: ['INBOX'] });
  assert.deepEqual(filed.labelIds, ['INBOX']);
  const stored = await mailbox.getRawMessage(filed.id);
  assert.deepEqual(Buffer.from(stored.raw), Buffer.from(raw));
  assert.equal(stored.summary.internalDate, String(Date.UTC(2020, 0, 3, 9)));
  const draft = await mailbox.createDraft({ raw });
  assert.deepEqual(draft.message.attachmentNames, ['big.bin']);
  const sent = await mailbox.sendMessage({ raw });
  assert.ok(sent.labelIds.includes('SENT'));
});

test('a message over the limit is refused before anything is asked', async (t) => {
  const { open, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  const raw = new Uint8Array(maxSendBytes + 1);
  const cost = await asked(async () => {
    await assert.rejects(mailbox.sendMessage({ raw }), { code: 'TOO_LARGE' });
    await assert.rejects(mailbox.createDraft({ raw }), { code: 'TOO_LARGE' });
  });
  assert.deepEqual(cost, { calls: [], units: 0 });
});

const lostAnswers = [
  { kind: 'drop', afterCommit: true },
  { kind: 'empty' },
  { kind: 'status', status: 503, afterCommit: true },
] as const;
for (const fault of lostAnswers) {
  test(`a send whose answer is lost (${fault.kind}) is OUTCOME_UNKNOWN and is not made twice`, async (t) => {
    const { open, emulator, asked } = await gmailOnEmulator(t);
    const mailbox = open();
    const raw = buildMail({ from: emailAddress, to: 'ann@example.com', subject: 'once' });
    emulator.faults.add({ ...fault, match: 'gmail.users.messages.send', times: 1 });
    const { calls } = await asked(() => assert.rejects(mailbox.sendMessage({ raw }), { code: 'OUTCOME_UNKNOWN' }));
    assert.deepEqual(calls, ['messages.send']);
    assert.equal((await search(mailbox, 'in:sent')).messages.length, 1);
    const draft = await mailbox.createDraft({ raw });
    emulator.faults.add({ ...fault, match: 'gmail.users.drafts.send', times: 1 });
    await assert.rejects(mailbox.sendDraft(draft.id), { code: 'OUTCOME_UNKNOWN' });
    await assert.rejects(mailbox.getDraft(draft.id), { code: 'NOT_FOUND' });
    assert.equal((await search(mailbox, 'in:sent')).messages.length, 2);
  });
}

test('a deletion whose answer is lost is known to be done', async (t) => {
  const { open, emulator, deliver } = await gmailOnEmulator(t);
  const mailbox = open();
  const [id = ''] = await deliver(mails(1));
  emulator.faults.add({ match: 'gmail.users.messages.delete', kind: 'drop', afterCommit: true, times: 1 });
  await mailbox.deleteMessages([id]);
  await assert.rejects(mailbox.getMessage(id), { code: 'NOT_FOUND' });
});

test('what cannot be an id of Gmail is NOT_FOUND without a request', async (t) => {
  const { open, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  const cost = await asked(async () => {
    for (const id of ['', '../labels', 'a b', "' OR 1=1 --"]) {
      await assert.rejects(mailbox.getMessage(id), { code: 'NOT_FOUND' });
      await assert.rejects(mailbox.getRawMessage(id), { code: 'NOT_FOUND' });
      await assert.rejects(mailbox.getThread(id), { code: 'NOT_FOUND' });
      await assert.rejects(mailbox.getDraft(id), { code: 'NOT_FOUND' });
      await assert.rejects(mailbox.deleteFilter(id), { code: 'NOT_FOUND' });
      await assert.rejects(mailbox.deleteMessages([id]), { code: 'NOT_FOUND' });
    }
  });
  assert.deepEqual(cost, { calls: [], units: 0 });
});

test('a caller who is gone is answered with that, and nothing more is asked', async (t) => {
  const { open, deliver, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  await deliver(mails(3));
  const signal = AbortSignal.abort(new AppError('UNAVAILABLE', 'the caller is gone'));
  const { units } = await asked(() =>
    assert.rejects(
      runInContext({ requestId: 'r', transport: 'rest', signal }, () => search(mailbox)),
      { message: 'the caller is gone' },
    ),
  );
  assert.equal(units, 0);
});

test('an answer that is not of the documented form is UNAVAILABLE', async (t) => {
  const { open, emulator } = await gmailOnEmulator(t);
  const mailbox = open();
  emulator.faults.add({ match: 'gmail.users.labels.list', kind: 'status', status: 200, body: { labels: 'none' } });
  await assert.rejects(mailbox.listLabels(), {
    code: 'UNAVAILABLE',
    message: 'Gmail answered something that is not of the documented form.',
  });
});

test('hits whose labels say otherwise than the query asks are left out', async (t) => {
  const { open, deliver, emulator } = await gmailOnEmulator(t);
  const mailbox = open();
  const [unread = '', read = '', inbox = ''] = await deliver(
    [['SPAM', 'UNREAD'], ['SPAM'], ['INBOX', 'UNREAD']].map((labels, index) => ({
      raw: buildMail({ messageId: `${index}@x`, subject: `mail ${index}` }),
      receivedMs: noonMs + index,
      labels,
    })),
  );
  // Google's index goes by what the messages once were.
  const entries = [unread, read, inbox].map((id) => ({ id, threadId: id }));
  emulator.faults.add({ match: '*.messages.list', kind: 'status', status: 200, body: { messages: entries } });
  emulator.faults.add({ match: '*.threads.list', kind: 'status', status: 200, body: { threads: entries } });
  const found = async (text: string): Promise<readonly string[]> =>
    (await search(mailbox, text)).messages.map(({ id }) => id);
  assert.deepEqual(await found('in:spam is:unread'), [unread]);
  assert.deepEqual(await found('in:spam is:read'), [read]);
  assert.deepEqual(await found('-in:spam mail'), [inbox]);
  assert.deepEqual(await found('{in:spam is:unread}'), [unread, read, inbox]);
  const query = parseQuery('in:spam is:unread', { emailAddress, nowMs: noonMs, timeZone: 'UTC' });
  const { threads } = await mailbox.searchThreads({ query, maxResults: 50, includeSpamTrash: false });
  assert.deepEqual(
    threads.map(({ id }) => id),
    [unread],
  );
});

test('a throttle that a part of a batch is refused with stops the other requests, too', async (t) => {
  const { open, deliver, emulator } = await gmailOnEmulator(t);
  const mailbox = open();
  await deliver(mails(10));
  const refused = (message: string, times: number): void => {
    emulator.faults.add({
      match: 'gmail.users.messages.get',
      kind: 'status',
      status: 429,
      reason: 'rateLimitExceeded',
      message,
      times,
    });
  };
  const until = new Date(Date.now() + 600_000).toISOString();
  refused(`User-rate limit exceeded.  Retry after ${until}`, 3);
  const inTime = <T>(work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'test', transport: 'rest', deadlineMs: performance.now() + 5000 }, work);
  await assert.rejects(
    inTime(() => search(mailbox)),
    ({ code, details }: AppError) => code === 'RATE_LIMITED' && details.retryAt !== undefined,
  );
  emulator.counters.reset();
  await assert.rejects(
    inTime(() => mailbox.listFilters()),
    ({ code }: AppError) => code === 'RATE_LIMITED',
  );
  assert.equal(emulator.counters.read().requests, 0);
});

test('parts that were too many at once stop nobody', async (t) => {
  const { open, deliver, emulator, asked } = await gmailOnEmulator(t);
  const mailbox = open();
  await deliver(mails(10));
  emulator.faults.add({
    match: 'gmail.users.messages.get',
    kind: 'status',
    status: 429,
    reason: 'rateLimitExceeded',
    message: 'Too many concurrent requests for user',
    times: 2,
  });
  const { calls } = await asked(async () => assert.equal((await search(mailbox)).messages.length, 10));
  assert.deepEqual(calls.slice(2), ['batch of 10 messages.get', 'messages.get', 'messages.get']);
});
