import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenWithMail, TestMail } from './mailbox-under-test.ts';
import { allPages, assertFails, dayMs, idsOf, minuteMs, noonMs, onePage, query } from './mailbox-under-test.ts';

function search(text: string, maxResults = onePage.maxResults) {
  return { query: query(text), maxResults, includeSpamTrash: false };
}

/** Three conversations: the first has the oldest and the newest message. */
const conversations: readonly TestMail[] = [
  { subject: 'Lunch', messageId: '1@x', from: 'ann@example.org', text: 'soup', receivedMs: noonMs },
  { subject: 'Rain', messageId: '2@x', from: 'bob@example.org', text: 'soup', receivedMs: noonMs + minuteMs },
  { subject: 'Snow', messageId: '3@x', from: 'carol@example.org', text: 'ice', receivedMs: noonMs + 2 * minuteMs },
  {
    subject: 'Re: Lunch',
    messageId: '4@x',
    references: ['1@x'],
    from: 'dan@example.org',
    text: 'bread',
    receivedMs: noonMs + 3 * minuteMs,
  },
];

/** Searching for threads. */
export function testThreadSearch(withMail: OpenWithMail): void {
  test('a search for threads answers each thread once, whole, the one with the newest match first', async (t) => {
    const { mailbox, ids } = await withMail(t, conversations);
    const [lunch = '', rain = '', snow = '', reply = ''] = ids;
    const whole = await mailbox.searchThreads(search(''));
    assert.deepEqual(idsOf(whole.threads), [lunch, snow, rain]);
    assert.deepEqual(idsOf(whole.threads[0]?.messages ?? []), [lunch, reply]);
    assert.equal(whole.threads[0]?.messages[1]?.subject, 'Re: Lunch');
    assert.equal(whole.threads[0]?.historyId, (await mailbox.getThread(lunch)).historyId);
    assert.equal(whole.nextPageToken, undefined);

    const soup = await mailbox.searchThreads(search('soup'));
    assert.deepEqual(idsOf(soup.threads), [rain, lunch], 'by the newest match, not by the newest message');
    assert.deepEqual(idsOf(soup.threads[1]?.messages ?? []), [lunch, reply], 'with the messages that do not match');
    assert.deepEqual(await mailbox.searchThreads(search('from:ann bread')), { threads: [] }, 'one message must match');
    assert.deepEqual(await mailbox.searchThreads(search('nothing')), { threads: [] });
  });

  test('a search for threads leaves out those whose matches are all in spam or trash', async (t) => {
    const { mailbox, ids } = await withMail(t, [
      { subject: 'A', messageId: '1@x', text: 'word', labels: ['TRASH'] },
      { subject: 'B', messageId: '2@x', text: 'word', labels: ['SPAM'] },
      { subject: 'C', messageId: '3@x', text: 'word', labels: ['TRASH'] },
      { subject: 'Re: C', messageId: '4@x', inReplyTo: '3@x', text: 'word' },
    ]);
    const [trashed = '', spam = '', mixed = ''] = ids;
    assert.deepEqual(idsOf((await mailbox.searchThreads(search('word'))).threads), [mixed]);
    assert.deepEqual(idsOf((await mailbox.searchThreads(search('in:trash'))).threads), [mixed, trashed]);
    const wide = await mailbox.searchThreads({ ...search('word'), includeSpamTrash: true });
    assert.deepEqual(idsOf(wide.threads), [mixed, spam, trashed]);
  });

  test('pages of threads join without gap or repetition while mail arrives in new threads and in old ones', async (t) => {
    const mails = Array.from({ length: 23 }, (_, index): TestMail => {
      const number = index % 9;
      return {
        subject: `${index < 9 ? '' : 'Re: '}Topic ${number}`,
        messageId: `${index}@x`,
        text: 'common',
        ...(index < 9 ? {} : { references: [`${number}@x`] }),
      };
    });
    const { mailbox, ids, add } = await withMail(t, mails);
    let late = 0;
    const found = await allPages(
      (token) => mailbox.searchThreads({ ...search('common', 2), ...token }),
      ({ threads }) => idsOf(threads),
      async () => {
        late += 1;
        const receivedMs = noonMs + dayMs + late * minuteMs;
        await add([
          { subject: `Late ${late}`, messageId: `late${late}@x`, text: 'common', receivedMs },
          {
            subject: `Re: Topic ${late}`,
            messageId: `re${late}@x`,
            references: [`${late}@x`],
            text: 'common',
            receivedMs,
          },
        ]);
      },
    );
    const newestFirst = [4, 3, 2, 1, 0, 8, 7, 6, 5];
    assert.deepEqual(
      found,
      newestFirst.map((number) => ids[number]),
    );
  });

  test('a page token of another search for threads is refused', async (t) => {
    const { mailbox } = await withMail(t, conversations);
    const { nextPageToken = assert.fail('there is no second page') } = await mailbox.searchThreads(search('soup', 1));
    await mailbox.searchThreads({ ...search('soup', 1), pageToken: nextPageToken });
    for (const asking of [
      mailbox.searchThreads({ ...search('soup', 1), pageToken: 'nonsense' }),
      mailbox.searchThreads({ ...search('ice', 1), pageToken: nextPageToken }),
      mailbox.searchMessages({ ...search('soup', 1), pageToken: nextPageToken }),
    ]) {
      await assertFails(asking, 'INVALID_INPUT', 'pageToken');
    }
  });
}
