import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { renewContentJob } from '../../src/accounts/renew-content-job.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { oldHome } from '../formats/old-home.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, incoming, numbered, openMailbox } from './temporary-mailbox.ts';

/** Makes a mailbox as an older version would have left it: with other words in the index and other summaries. */
async function outdated(t: TestContext, count: number): Promise<{ folder: string; mailbox: LocalMailbox }> {
  const folder = temporaryFolder(t);
  const mailbox = openMailbox(t, folder);
  await mailbox.addMessages(await numbered(count));
  await mailbox.addMessages([
    await incoming({ subject: 'Plan', messageId: 'plan@x', text: 'alpha', receivedMs: 1e12 - 5000 }),
  ]);
  const database = new DatabaseSync(join(folder, 'mailbox.db'));
  database.exec(`
    UPDATE message SET snippet = 'old', subject = 'old', subject_hash = NULL;
    DELETE FROM full_text;
    INSERT INTO full_text (rowid, body) SELECT id, 'oldest' FROM message;
    DELETE FROM thread_link;
    DELETE FROM value WHERE kind = 'state';
  `);
  database.close();
  return { folder, mailbox };
}

async function hits(mailbox: LocalMailbox, text: string): Promise<number> {
  const query = parseQuery(text, { emailAddress, nowMs: 0, timeZone: 'UTC' });
  return (await mailbox.searchMessages({ query, includeSpamTrash: true, maxResults: 1000 })).messages.length;
}

suite('content that an older version stored', () => {
  test('is made again from the bytes: words, summaries, and what threads go by', async (t) => {
    const { mailbox } = await outdated(t, 30);
    assert.equal(await hits(mailbox, 'alpha'), 0);
    assert.deepEqual(await mailbox.renewContent(() => false), { renewed: 31, isComplete: true });
    assert.deepEqual(
      [await hits(mailbox, 'oldest'), await hits(mailbox, 'alpha'), await hits(mailbox, 'number')],
      [0, 1, 30],
    );
    const query = parseQuery('subject:plan', { emailAddress, nowMs: 0, timeZone: 'UTC' });
    const { messages } = await mailbox.searchMessages({ query, includeSpamTrash: true, maxResults: 9 });
    assert.deepEqual(
      messages.map(({ subject, snippet }) => [subject, snippet]),
      [['Plan', 'alpha']],
    );
    const answer = { subject: 'Re: Plan', messageId: 'answer@x', references: ['plan@x'], text: 'beta' };
    const [outcome] = await mailbox.addMessages([await incoming(answer)]);
    assert.equal((await mailbox.getMessageSummary(outcome?.id ?? '')).threadId, messages[0]?.threadId);
  });

  test('is renewed newest first, and goes on where it stopped, in whichever process', async (t) => {
    const { folder, mailbox } = await outdated(t, 250);
    assert.equal(await mailbox.hasCurrentContent(), false);
    assert.deepEqual(await mailbox.renewContent((renewed) => renewed > 0), { renewed: 100, isComplete: false });
    assert.equal(await hits(mailbox, 'number'), 100);
    const [last] = (await numbered(1, 249)).map(({ parsed }) => parsed.text?.trim());
    assert.equal(await hits(mailbox, `"${last}"`), 1, 'the newest');
    // Mail that comes meanwhile has today's content, wherever it stands.
    const late = { messageId: 'late@x', text: 'gamma', receivedMs: 1e12 - 10_000 };
    await mailbox.addMessages([await incoming(late)]);
    const other = openMailbox(t, folder);
    assert.deepEqual(await other.renewContent(() => false), { renewed: 152, isComplete: true });
    assert.deepEqual([await hits(mailbox, 'number'), await hits(mailbox, 'gamma')], [250, 1]);
    assert.equal(await mailbox.hasCurrentContent(), true);
    assert.deepEqual(await mailbox.renewContent(() => false), { renewed: 0, isComplete: true });
  });

  test('is nothing to a new mailbox, nor to one that was emptied', async (t) => {
    const mailbox = openMailbox(t, temporaryFolder(t));
    assert.equal(await mailbox.hasCurrentContent(), true);
    const [outcome] = await mailbox.addMessages(await numbered(1));
    assert.equal(await mailbox.hasCurrentContent(), true);
    await mailbox.deleteMessages([outcome?.id ?? '']);
    await mailbox.addMessages(await numbered(1, 7));
    assert.equal(await mailbox.hasCurrentContent(), true);
  });

  test('of versions 0.1 and 0.2 is renewed by the job of a server, which then has nothing to do', async (t) => {
    const opened = (['0.1', '0.2'] as const).map((version) =>
      openMailbox(t, localMailboxFolder(oldHome(t, version), emailAddress)),
    );
    const job = renewContentJob(() => opened);
    const turn = { signal: new AbortController().signal, fence: 1, refuseIfLost: () => undefined };
    assert.equal(await job.isNeeded?.(), true);
    assert.deepEqual((await job.run(turn))?.facts, { account: emailAddress, renewed: 3 });
    assert.equal(await job.isNeeded?.(), true);
    assert.deepEqual((await job.run(turn))?.facts, { account: emailAddress, renewed: 9 });
    assert.equal(await job.isNeeded?.(), false);
  });
});
