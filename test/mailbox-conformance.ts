import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { AppError } from '../src/core/errors.ts';
import type { ErrorCode } from '../src/core/errors.ts';
import type { Mailbox } from '../src/mail/mailbox.ts';
import { parseQuery } from '../src/mail/parse-query.ts';
import { buildMail } from './build-mail.ts';
import type { MailParts } from './build-mail.ts';

/** A message as a test puts it into a mailbox. */
interface TestMail extends MailParts {
  /** Ids of system labels and names of user labels. */
  readonly labels?: readonly string[];
  /** When it was received, milliseconds since 1970. */
  readonly receivedMs?: number;
}

/** A mailbox of `me@example.org`, empty at first, with a way to put mail in from outside. */
export interface MailboxUnderTest {
  readonly mailbox: Mailbox;
  /** Stores the messages and answers their ids in the same order. */
  readonly deliver: (
    mails: readonly { raw: Uint8Array; receivedMs: number; labels: readonly string[] }[],
  ) => Promise<readonly string[]>;
}

/** The owner of every mailbox under test. */
const owner = 'me@example.org';
/** A day at noon, UTC. */
const noonMs = Date.UTC(2026, 5, 15, 12);
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const pages = { maxResults: 100 };

/**
 * What every backend does alike. `open` makes an empty mailbox for one test and cleans up behind it.
 */
export function testMailboxConformance(backend: string, open: (t: TestContext) => Promise<MailboxUnderTest>): void {
  /** A mailbox with these messages, a minute apart unless they say when, and their ids. */
  async function withMail(t: TestContext, mails: readonly TestMail[]): Promise<Opened> {
    const { mailbox, deliver } = await open(t);
    let delivered = 0;
    const add = (more: readonly TestMail[]): Promise<readonly string[]> =>
      deliver(
        more.map((mail, index) => ({
          // Two messages with the same bytes would be one.
          raw: buildMail({ messageId: `${(delivered += 1)}@made-up.example`, ...mail }),
          receivedMs: mail.receivedMs ?? noonMs + index * minuteMs,
          labels: mail.labels ?? ['INBOX'],
        })),
      );
    return { mailbox, ids: await add(mails), add };
  }

  suite(`mailbox conformance: ${backend}`, () => {
    test('an empty mailbox has a profile, system labels, and answers every search with nothing', async (t) => {
      const { mailbox } = await withMail(t, []);
      const profile = await mailbox.getProfile();
      assert.equal(profile.emailAddress, owner);
      assert.equal(profile.messagesTotal, 0);
      assert.equal(profile.threadsTotal, 0);
      assert.match(profile.historyId, /^\d+$/);
      const labels = await mailbox.listLabels();
      assert.ok(labels.some(({ id, type }) => id === 'INBOX' && type === 'system'));
      assert.deepEqual(await find(mailbox, ''), []);
      assert.deepEqual(await find(mailbox, 'anything'), []);
    });

    test('a stored message comes back byte for byte with what a list shows of it', async (t) => {
      const mail: TestMail = {
        from: 'Zoë Müller <zoe@example.com>',
        to: 'me@example.org, Bob <bob@example.org>',
        cc: 'carol@example.org',
        subject: 'Grüße aus Köln',
        messageId: 'gruss@example.com',
        text: 'One line.\r\n\r\n   Another   line.',
        attachment: { filename: 'plan.pdf', content: 'x' },
        labels: ['INBOX', 'UNREAD', 'Travel'],
        receivedMs: noonMs + 7,
      };
      const { mailbox, ids } = await withMail(t, [mail]);
      const [id = ''] = ids;
      const { summary, raw } = await mailbox.getMessage(id);
      const travel = (await mailbox.listLabels()).find(({ name }) => name === 'Travel');
      assert.deepEqual(Buffer.from(raw), Buffer.from(buildMail(mail)));
      assert.match(id, /^[\da-f]{16}$/);
      assert.deepEqual(
        { ...summary, labelIds: [...summary.labelIds].toSorted() },
        {
          id,
          threadId: id,
          internalDate: String(noonMs + 7),
          historyId: summary.historyId,
          sizeEstimate: raw.length,
          from: 'Zoë Müller <zoe@example.com>',
          to: 'me@example.org, Bob <bob@example.org>',
          cc: 'carol@example.org',
          bcc: '',
          subject: 'Grüße aus Köln',
          snippet: 'One line. Another line.',
          labelIds: ['INBOX', 'UNREAD', travel?.id ?? ''].toSorted(),
          attachmentNames: ['plan.pdf'],
        },
      );
      assert.equal(travel?.type, 'user');
    });

    test('unknown ids of messages and threads are NOT_FOUND', async (t) => {
      const { mailbox } = await withMail(t, [{}]);
      await assertFails(mailbox.getMessage('00000000deadbeef'), 'NOT_FOUND');
      await assertFails(mailbox.getThread('00000000deadbeef'), 'NOT_FOUND');
      await assertFails(mailbox.getMessage("' OR 1=1 --"), 'NOT_FOUND');
    });

    test('search finds words and phrases in each field, whole and without case or accents', async (t) => {
      const { mailbox, ids } = await withMail(t, [
        { subject: 'Quarterly report', text: 'The blue whale', from: 'Ann Lee <ann@example.org>', to: owner },
        { subject: 'whale watching', text: 'Quarterly? blue-whale', cc: 'Bob <bob@example.com>', to: owner },
        {
          subject: 'Other',
          bcc: 'hidden@example.net',
          listId: '<birds.lists.example>',
          deliveredTo: 'me+x@example.org',
        },
        { subject: 'File', attachment: { filename: 'Invoice-7.PDF', content: 'x' }, text: 'café' },
      ]);
      const expected: Readonly<Record<string, readonly number[]>> = {
        whale: [1, 0],
        WHALES: [],
        '"blue whale"': [1, 0],
        '"whale blue"': [],
        'subject:whale': [1],
        'subject:(quarterly report)': [0],
        'from:ann': [3, 2, 1, 0],
        'from:ann@example.org': [3, 2, 1, 0],
        'from:an': [],
        'to:bob': [1],
        'cc:bob@example.com': [1],
        'to:hidden': [2],
        'bcc:hidden': [2],
        'to:me': [1, 0],
        'list:birds': [2],
        'deliveredto:x': [2],
        'filename:pdf': [3],
        'filename:invoice-7.pdf': [3],
        'has:attachment': [3],
        cafe: [3],
        CAFÉ: [3],
        'quarterly -report': [1],
        'report OR file': [3, 0],
        '{report file} -subject:quarterly': [3],
        '-whale': [3, 2],
        '-whale -cafe': [2],
      };
      for (const [text, indexes] of Object.entries(expected)) {
        assert.deepEqual(
          await find(mailbox, text),
          indexes.map((index) => ids[index]),
          text,
        );
      }
    });

    test('search knows dates, sizes, message ids and labels', async (t) => {
      const { mailbox, ids } = await withMail(t, [
        { receivedMs: Date.UTC(2020, 0, 1), labels: ['INBOX', 'UNREAD', 'Big Plans/Rome'], messageId: 'a@x' },
        { receivedMs: Date.UTC(2020, 0, 2), labels: ['STARRED', 'Work'], text: 'x'.repeat(5000) },
        { receivedMs: Date.UTC(2020, 0, 3), labels: ['SENT'], messageId: 'A@x' },
      ]);
      const expected: Readonly<Record<string, readonly number[]>> = {
        'after:2020/01/02': [2, 1],
        'before:2020/01/02': [0],
        'after:2020/01/02 before:2020/01/03': [1],
        'larger:4K': [1],
        'smaller:4K': [2, 0],
        'rfc822msgid:a@x': [0],
        'rfc822msgid:<A@x>': [2],
        'in:inbox': [0],
        'is:unread': [0],
        'is:starred OR in:sent': [2, 1],
        'label:work': [1],
        'label:big-plans-rome': [0],
        'label:"big plans/rome"': [0],
        'label:nowhere': [],
        '-label:nowhere': [2, 1, 0],
        'label:nowhere OR label:work': [1],
        'has:userlabels': [1, 0],
        'has:nouserlabels': [2],
        'in:inbox OR larger:4K': [1, 0],
      };
      for (const [text, indexes] of Object.entries(expected)) {
        assert.deepEqual(
          await find(mailbox, text),
          indexes.map((index) => ids[index]),
          text,
        );
      }
    });

    test('spam and trash are left out unless they are asked for', async (t) => {
      const { mailbox, ids } = await withMail(t, [
        { text: 'word', labels: ['INBOX'] },
        { text: 'word', labels: ['SPAM'] },
        { text: 'word', labels: ['TRASH', 'INBOX'] },
      ]);
      const [inbox, spam, trash] = ids;
      assert.deepEqual(await find(mailbox, 'word'), [inbox]);
      assert.deepEqual(await find(mailbox, 'in:inbox'), [inbox]);
      assert.deepEqual(await find(mailbox, '-in:spam word'), [inbox]);
      assert.deepEqual(await find(mailbox, 'in:spam'), [spam]);
      assert.deepEqual(await find(mailbox, 'word in:trash'), [trash]);
      assert.deepEqual(await find(mailbox, 'in:anywhere word'), [trash, spam, inbox]);
      const wide = await mailbox.searchMessages({ ...pages, query: { kind: 'all' }, includeSpamTrash: true });
      assert.deepEqual(idsOf(wide.messages), [trash, spam, inbox]);
    });

    test('pages of a search join without gap or repetition while mail arrives and labels change', async (t) => {
      const mails = Array.from({ length: 25 }, (_, index) => ({
        text: `common word${index}`,
        labels: ['INBOX', 'UNREAD'],
      }));
      const { mailbox, ids, add } = await withMail(t, mails);
      const request = { maxResults: 4, query: query('common is:unread'), includeSpamTrash: false };
      const found: string[] = [];
      let page = await mailbox.searchMessages(request);
      for (;;) {
        found.push(...idsOf(page.messages));
        if (page.nextPageToken === undefined) break;
        await add([
          { text: `common late${found.length}`, labels: ['UNREAD'], receivedMs: noonMs + dayMs + found.length },
        ]);
        await mailbox.modifyMessages({ ids: idsOf(page.messages), addLabelIds: [], removeLabelIds: ['UNREAD'] });
        page = await mailbox.searchMessages({ ...request, pageToken: page.nextPageToken });
      }
      assert.deepEqual(found, [...ids].toReversed());
    });

    test('a page token that is broken or of another search is refused', async (t) => {
      const { mailbox } = await withMail(t, [{ text: 'one' }, { text: 'one' }]);
      const first = await mailbox.searchMessages({ maxResults: 1, query: query('one'), includeSpamTrash: false });
      const ask = (pageToken: string, text = 'one'): Promise<unknown> =>
        mailbox.searchMessages({ maxResults: 1, query: query(text), includeSpamTrash: false, pageToken });
      const token = first.nextPageToken ?? assert.fail('there is no second page');
      await ask(token);
      for (const asking of [ask('nonsense'), ask(''), ask(`${token}x`), ask(token, 'two')]) {
        const error = await assertFails(asking, 'INVALID_INPUT');
        assert.equal(error.details.field, 'pageToken');
      }
    });

    test('replies share a thread, listed from the oldest; a changed subject begins another', async (t) => {
      const { mailbox, ids } = await withMail(t, [
        { subject: 'Lunch', messageId: '1@x', from: 'ann@example.org' },
        { subject: 'Re: Lunch', messageId: '2@x', inReplyTo: '1@x', from: 'bob@example.org' },
        { subject: 'AW: [list] Lunch', messageId: '3@x', references: ['1@x', '2@x'], from: 'carol@example.org' },
        { subject: 'Dinner', messageId: '4@x', references: ['1@x'], from: 'ann@example.org' },
      ]);
      const [first = '', , third = '', fourth = ''] = ids;
      const thread = await mailbox.getThread((await mailbox.getMessage(third)).summary.threadId);
      assert.equal(thread.id, first);
      assert.deepEqual(idsOf(thread.messages.map(({ summary }) => summary)), ids.slice(0, 3));
      assert.equal((await mailbox.getMessage(fourth)).summary.threadId, fourth);
      assert.equal((await mailbox.getProfile()).threadsTotal, 2);
    });

    test('labels change for all messages or, when one id is unknown, for none', async (t) => {
      const { mailbox, ids } = await withMail(t, [{ labels: ['INBOX', 'UNREAD'] }, { labels: ['INBOX'] }]);
      await mailbox.modifyMessages({ ids: [...ids], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD', 'INBOX'] });
      for (const id of ids) assert.deepEqual((await mailbox.getMessage(id)).summary.labelIds, ['STARRED']);
      const unknown = '00000000deadbeef';
      const change = { ids: [...ids, unknown], addLabelIds: ['INBOX'], removeLabelIds: [] };
      const error = await assertFails(mailbox.modifyMessages(change), 'NOT_FOUND');
      assert.ok(error.message.includes(unknown), error.message);
      for (const id of ids) assert.deepEqual((await mailbox.getMessage(id)).summary.labelIds, ['STARRED']);
    });

    test('labels that cannot be changed are refused', async (t) => {
      const { mailbox, ids } = await withMail(t, [{}]);
      const change = (addLabelIds: readonly string[], removeLabelIds: readonly string[] = []): Promise<void> =>
        mailbox.modifyMessages({ ids, addLabelIds, removeLabelIds });
      assert.equal((await assertFails(change(['Label_999999']), 'INVALID_INPUT')).details.field, 'addLabelIds');
      assert.equal((await assertFails(change([], ['nothing']), 'INVALID_INPUT')).details.field, 'removeLabelIds');
      await assertFails(change(['DRAFT']), 'INVALID_INPUT');
      await assertFails(change([], ['SENT']), 'INVALID_INPUT');
      await assertFails(change(['STARRED'], ['STARRED']), 'INVALID_INPUT');
      assert.deepEqual((await mailbox.getMessage(ids[0] ?? '')).summary.labelIds, ['INBOX']);
    });

    test('the history tells of added messages and changed labels, oldest first, and where it stands', async (t) => {
      const { mailbox, add } = await withMail(t, []);
      const { historyId: startHistoryId } = await mailbox.getProfile();
      const [id = ''] = await add([{ labels: ['INBOX', 'UNREAD'] }]);
      await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
      await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
      const { history, historyId } = await mailbox.listHistory({ ...pages, startHistoryId });
      const message = { id, threadId: id, labelIds: ['INBOX', 'STARRED'] };
      assert.deepEqual(
        history.map(({ id, ...rest }) => (assert.match(id, /^\d+$/), rest)),
        [
          { messagesAdded: [{ message }] },
          { labelsAdded: [{ message, labelIds: ['STARRED'] }], labelsRemoved: [{ message, labelIds: ['UNREAD'] }] },
        ],
      );
      assert.equal(historyId, (await mailbox.getProfile()).historyId);
      assert.equal((await mailbox.getMessage(id)).summary.historyId, historyId);
      assert.deepEqual((await mailbox.listHistory({ ...pages, startHistoryId: historyId })).history, []);
    });

    test('the history comes in pages that join', async (t) => {
      const { mailbox, add } = await withMail(t, []);
      const { historyId: startHistoryId } = await mailbox.getProfile();
      const ids = await add(Array.from({ length: 5 }, (_, index) => ({ text: `message ${index}` })));
      const found: string[] = [];
      let page = await mailbox.listHistory({ maxResults: 2, startHistoryId });
      for (;;) {
        found.push(...page.history.flatMap((record) => record.messagesAdded ?? []).map(({ message }) => message.id));
        if (page.nextPageToken === undefined) break;
        page = await mailbox.listHistory({ maxResults: 2, startHistoryId, pageToken: page.nextPageToken });
      }
      assert.deepEqual(found, ids);
    });

    test('a history id that is not of the kept history is NOT_FOUND, and one that is no number INVALID_INPUT', async (t) => {
      const { mailbox } = await withMail(t, [{}]);
      const newest = Number((await mailbox.getProfile()).historyId);
      await assertFails(mailbox.listHistory({ ...pages, startHistoryId: '0' }), 'NOT_FOUND');
      await assertFails(mailbox.listHistory({ ...pages, startHistoryId: String(newest + 1) }), 'NOT_FOUND');
      await assertFails(mailbox.listHistory({ ...pages, startHistoryId: 'yesterday' }), 'INVALID_INPUT');
    });
  });
}

interface Opened {
  readonly mailbox: Mailbox;
  readonly ids: readonly string[];
  readonly add: (mails: readonly TestMail[]) => Promise<readonly string[]>;
}

function query(text: string): ReturnType<typeof parseQuery> {
  return parseQuery(text, { emailAddress: owner, nowMs: noonMs, timeZone: 'UTC' });
}

function idsOf(messages: readonly { readonly id: string }[]): string[] {
  return messages.map(({ id }) => id);
}

async function find(mailbox: Mailbox, text: string): Promise<readonly string[]> {
  const page = await mailbox.searchMessages({ ...pages, query: query(text), includeSpamTrash: false });
  return idsOf(page.messages);
}

async function assertFails(work: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error: unknown = await work.then(
    () => assert.fail(`expected ${code}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}
