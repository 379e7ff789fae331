import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestHome, type TestHome } from './test-home.ts';

/** A thread of three messages, the second of which is in the trash, and one message that is in no thread with them. */
async function threadOfThree({ deliver, json }: TestHome) {
  const ids = await deliver([
    { subject: 'Plan', messageId: '1@x', labels: ['INBOX'] },
    { subject: 'Re: Plan', messageId: '2@x', inReplyTo: '<1@x>', labels: ['TRASH'] },
    { subject: 'Re: Plan', messageId: '3@x', inReplyTo: '<2@x>', labels: ['SENT'] },
    { subject: 'Other', messageId: '4@x', labels: ['INBOX'] },
  ]);
  const { threadId } = await json('read_message', { id: ids[0] });
  const labels = async () => {
    const messages = await Promise.all(ids.map((id) => json('read_message', { id })));
    return messages.map(({ labelIds }) => (labelIds as string[]).toSorted());
  };
  return { threadId, labels };
}

test('labels of a thread are labels of all its messages, those in the trash too, and one undo takes them back', async (t) => {
  const home = openTestHome(t);
  const { threadId, labels } = await threadOfThree(home);
  const before = await labels();
  const change = { ids: [threadId], addLabelIds: ['STARRED'], removeLabelIds: ['inbox'] };
  assert.deepEqual(await home.json('modify_threads', change), { threads: 1, modified: 3 });
  assert.deepEqual(await labels(), [['STARRED'], ['STARRED', 'TRASH'], ['SENT', 'STARRED'], ['INBOX']]);
  await home.json('undo', {});
  assert.deepEqual(await labels(), before);
});

test('a thread is moved to the trash and back', async (t) => {
  const home = openTestHome(t);
  const { threadId, labels } = await threadOfThree(home);
  assert.deepEqual(await home.json('trash_threads', { ids: [threadId] }), { threads: 1, modified: 3 });
  assert.deepEqual(await labels(), [['TRASH'], ['TRASH'], ['SENT', 'TRASH'], ['INBOX']]);
  assert.deepEqual(await home.json('untrash_threads', { ids: [threadId] }), { threads: 1, modified: 3 });
  assert.deepEqual(await labels(), [[], [], ['SENT'], ['INBOX']]);
  assert.match(await home.text('trash_threads', { ids: [threadId] }), /^Moved to the trash: 1 thread, 3 messages\.$/);
});

test('a thread that is not there changes nothing of the others', async (t) => {
  const home = openTestHome(t);
  const { threadId, labels } = await threadOfThree(home);
  const before = await labels();
  const unknown = { code: 'NOT_FOUND' };
  await assert.rejects(home.json('trash_threads', { ids: [threadId, '00000000deadbeef'] }), unknown);
  assert.deepEqual(await labels(), before);
});

test('a dry run names the messages and changes none', async (t) => {
  const home = openTestHome(t);
  const { threadId, labels } = await threadOfThree(home);
  const before = await labels();
  const shown = await home.json('trash_threads', { ids: [threadId], dryRun: true });
  assert.equal(shown.dryRun, true);
  assert.equal((shown.target as { ids: string[] }).ids.length, 3);
  assert.deepEqual(await labels(), before);
});

test('more messages than one change can have are refused before any is changed', { timeout: 120_000 }, async (t) => {
  const home = openTestHome(t);
  await home.deliver(
    Array.from({ length: 1001 }, (_, index) => ({
      subject: index === 0 ? 'Long' : 'Re: Long',
      messageId: `${index}@x`,
      ...(index === 0 ? {} : { inReplyTo: `<${index - 1}@x>` }),
    })),
  );
  const { threads } = (await home.json('search_threads', { maxResults: 50 })) as {
    threads: { id: string }[];
  };
  const ids = threads.map(({ id }) => id);
  await assert.rejects(home.json('trash_threads', { ids }), (error: { code: string; details: object }) => {
    assert.equal(error.code, 'TOO_LARGE');
    assert.match(JSON.stringify(error.details), /"field":"ids".*at most 1000 messages/);
    return true;
  });
  assert.deepEqual((await home.json('search_messages', { q: 'in:trash' })).messages, []);
});
