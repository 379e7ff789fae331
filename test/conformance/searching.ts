import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { allPages, assertFails, dayMs, find, idsOf, noonMs, onePage, owner, query } from './mailbox-under-test.ts';

/** What a search finds, page by page. */
export function testSearching(withMail: OpenWithMail): void {
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
    const wide = await mailbox.searchMessages({ ...onePage, query: { kind: 'all' }, includeSpamTrash: true });
    assert.deepEqual(idsOf(wide.messages), [trash, spam, inbox]);
  });

  test('pages of a search join without gap or repetition while mail arrives and labels change', async (t) => {
    const mails = Array.from({ length: 25 }, (_, index) => ({
      text: `common word${index}`,
      labels: ['INBOX', 'UNREAD'],
    }));
    const { mailbox, ids, add } = await withMail(t, mails);
    const request = { maxResults: 4, query: query('common is:unread'), includeSpamTrash: false };
    let late = 0;
    const found = await allPages(
      (token) => mailbox.searchMessages({ ...request, ...token }),
      ({ messages }) => idsOf(messages),
      async ({ messages }) => {
        late += 1;
        await add([{ text: `common late${late}`, labels: ['UNREAD'], receivedMs: noonMs + dayMs + late }]);
        await mailbox.modifyMessages({ ids: idsOf(messages), addLabelIds: [], removeLabelIds: ['UNREAD'] });
      },
    );
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
}
