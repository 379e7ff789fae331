import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import * as fc from 'fast-check';
import { maxThreadMessages } from '../../src/local/threads/follow-thread.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import type { MailParts } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, incoming, openMailbox } from './temporary-mailbox.ts';

const startMs = Date.UTC(2026, 2, 1);
const dayMs = 24 * 60 * 60 * 1000;

type ThreadMail = MailParts & { readonly day?: number; readonly gmailThreadId?: string };

/** Adds the messages one by one in this order and answers their ids. */
async function addInOrder(mailbox: LocalMailbox, mails: readonly ThreadMail[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const mail of mails) {
    const [outcome] = await mailbox.addMessages([
      await incoming({ ...mail, receivedMs: startMs + (mail.day ?? 0) * dayMs }),
    ]);
    ids.push(outcome?.id ?? '');
  }
  return ids;
}

/** Which of the messages share a thread: for each the position of the first of its thread. */
async function grouping(mailbox: LocalMailbox, ids: readonly string[]): Promise<readonly number[]> {
  const threads = await Promise.all(ids.map(async (id) => (await mailbox.getMessage(id)).summary.threadId));
  return threads.map((thread) => threads.indexOf(thread));
}

async function assertGrouping(
  t: TestContext,
  mails: readonly ThreadMail[],
  expected: readonly number[],
): Promise<void> {
  const orders = [mails.map((_, index) => index), mails.map((_, index) => index).toReversed()];
  for (const order of orders) {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const added = await addInOrder(
      mailbox,
      order.map((index) => mails[index] ?? {}),
    );
    const ids = mails.map((_, index) => added[order.indexOf(index)] ?? '');
    assert.deepEqual(await grouping(mailbox, ids), expected, `added in the order ${order.join(', ')}`);
    assert.equal((await mailbox.getProfile()).threadsTotal, new Set(expected).size);
  }
}

suite('threads', () => {
  test('a late message connects two threads, and the one stored first keeps its id', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const [first = '', other = '', link = ''] = await addInOrder(mailbox, [
      { subject: 'Re: Plan', messageId: '3@x', references: ['2@x'], day: 3 },
      { subject: 'Plan', messageId: '1@x', day: 1 },
      { subject: 'Re: Plan', messageId: '2@x', references: ['1@x'], day: 2 },
    ]);
    const thread = await mailbox.getThread(first);
    assert.equal(thread.id, first);
    assert.deepEqual(
      thread.messages.map(({ summary }) => summary.id),
      [other, link, first],
    );
    assert.equal((await mailbox.getThread(other)).id, first, 'the id of a joined thread still leads there');
    assert.equal((await mailbox.getProfile()).threadsTotal, 1);
  });

  test('references count only with the same base subject', (t) =>
    assertGrouping(
      t,
      [
        { subject: 'Patch 1', messageId: '1@x' },
        { subject: 'Re: Patch 1', messageId: '2@x', references: ['1@x'] },
        { subject: 'Patch 2', messageId: '3@x', references: ['1@x'] },
      ],
      [0, 0, 2],
    ));

  test('messages that reference the same missing message share a thread', (t) =>
    assertGrouping(
      t,
      [
        { subject: 'Re: Gone', messageId: '2@x', references: ['1@x'] },
        { subject: 'Re: Gone', messageId: '3@x', references: ['1@x'] },
      ],
      [0, 0],
    ));

  test('without references the subject, a participant and a week decide', (t) => {
    const report = { subject: 'Daily report', from: 'Cron <cron@host.example>', to: emailAddress };
    return assertGrouping(
      t,
      [
        { ...report, messageId: '1@x', day: 0 },
        { ...report, messageId: '2@x', day: 6 },
        { ...report, messageId: '3@x', day: 20 },
        { ...report, messageId: '4@x', day: 1, from: 'Someone else <else@host.example>' },
        { ...report, messageId: '5@x', day: 1, subject: 'Another report' },
      ],
      [0, 0, 2, 3, 4],
    );
  });

  test('a message with references joins no earlier one by its subject alone', (t) =>
    assertGrouping(
      t,
      [
        { subject: 'Hello', from: 'ann@example.org', messageId: '1@x', day: 0 },
        { subject: 'Re: Hello', from: 'ann@example.org', messageId: '2@x', references: ['0@x'], day: 1 },
        { subject: 'Hello', from: 'ann@example.org', messageId: '3@x', day: 9 },
      ],
      [0, 1, 2],
    ));

  test('an empty subject joins nothing', (t) =>
    assertGrouping(t, [{ messageId: '1@x' }, { messageId: '2@x' }, { messageId: '3@x', subject: 'Re: ' }], [0, 1, 2]));

  test("Gmail's own thread id wins over subjects and references", (t) =>
    assertGrouping(
      t,
      [
        { subject: 'One', messageId: '1@x', gmailThreadId: '111' },
        { subject: 'Two', messageId: '2@x', gmailThreadId: '111' },
        { subject: 'Re: One', messageId: '3@x', references: ['1@x'], gmailThreadId: '222' },
        { subject: 'Re: Two', messageId: '4@x', references: ['2@x'] },
      ],
      [0, 0, 2, 0],
    ));

  test(`a thread ends at ${maxThreadMessages} messages and goes on in another`, async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    const mails = Array.from({ length: 250 }, (_, index) => ({
      subject: 'Long',
      messageId: `${index}@x`,
      references: index === 0 ? [] : ['0@x'],
    }));
    const batch = await Promise.all(
      mails.map((mail, index) => incoming({ ...mail, receivedMs: startMs + index * 1000 })),
    );
    const ids = (await mailbox.addMessages(batch)).map(({ id }) => id);
    const groups = await grouping(mailbox, ids);
    assert.deepEqual(
      groups,
      groups.map((_, index) => Math.floor(index / maxThreadMessages) * maxThreadMessages),
    );
  });

  test('the same messages make the same threads in whatever order they arrive', async (t) => {
    const mail = fc.record({
      subject: fc.constantFrom('A', 'Re: A', 'B', 'AW: B', ''),
      from: fc.constantFrom('ann@x.example', 'bob@x.example', emailAddress),
      to: fc.constantFrom('ann@x.example', 'carol@x.example', emailAddress),
      references: fc.uniqueArray(fc.constantFrom('0@x', '1@x', '2@x', '3@x', '8@x', '9@x'), { maxLength: 2 }),
      day: fc.integer({ min: 0, max: 30 }),
    });
    const toldByGmail = fc.record({ gmailThreadId: fc.constantFrom('111', '222', '333') });
    // Where Gmail tells some threads and not others, the untold join the first they are connected to.
    const conversation = fc.oneof(
      { weight: 3, arbitrary: fc.array(mail, { minLength: 2, maxLength: 9 }) },
      fc.array(
        fc.tuple(mail, toldByGmail).map(([parts, told]) => ({ ...parts, ...told })),
        { minLength: 2, maxLength: 9 },
      ),
    );
    const orders = conversation.chain((mails) =>
      fc.tuple(fc.constant(mails), fc.shuffledSubarray([...mails.keys()], { minLength: mails.length })),
    );
    await fc.assert(
      fc.asyncProperty(orders, async ([generated, order]) => {
        const mails = generated.map((parts, index): ThreadMail => ({ ...parts, messageId: `${index}@x` }));
        const straight = openMailbox(t, temporaryFolder(t));
        const expected = await grouping(straight, await addInOrder(straight, mails));
        const shuffled = openMailbox(t, temporaryFolder(t));
        const added = await addInOrder(
          shuffled,
          order.map((index) => mails[index] ?? {}),
        );
        const ids = mails.map((_, index) => added[order.indexOf(index)] ?? '');
        assert.deepEqual(await grouping(shuffled, ids), expected);
      }),
      { numRuns: 30 },
    );
  });
});
