import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { demoAddress } from '../../src/local/demo/demo-messages.ts';
import { fillDemoMailbox } from '../../src/local/demo/fill-demo-mailbox.ts';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { ParsedMail } from '../../src/mail/message.ts';
import type { QueryNode } from '../../src/mail/query/query.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const now = new Date('2026-11-22T12:34:56.789Z');

function openDemo(t: TestContext, folder: string): LocalMailbox {
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: demoAddress });
  t.after(() => mailbox.close());
  return mailbox;
}

async function search(mailbox: LocalMailbox, query: QueryNode = { kind: 'all' }) {
  return (await mailbox.searchMessages({ query, maxResults: 500, includeSpamTrash: true })).messages;
}

async function parsedMail(mailbox: LocalMailbox): Promise<readonly ParsedMail[]> {
  const messages = await search(mailbox);
  return Promise.all(messages.map(async ({ id }) => parseMime((await mailbox.getRawMessage(id)).raw)));
}

test('the demo mailbox has about 60 messages of every kind that a reader meets', async (t) => {
  const mailbox = openDemo(t, temporaryFolder(t));
  await fillDemoMailbox(mailbox, now);
  const messages = await search(mailbox);
  assert.ok(messages.length >= 60 && messages.length <= 70, `${messages.length} messages`);

  const systemLabels = ['INBOX', 'SENT', 'DRAFT', 'SPAM', 'TRASH', 'UNREAD', 'STARRED', 'IMPORTANT'];
  for (const label of systemLabels) assert.ok((await search(mailbox, { kind: 'label', label })).length > 0, label);
  assert.ok((await search(mailbox, { kind: 'label', label: 'clients-lindgren' })).length >= 6);
  const weekMs = 7 * 24 * 60 * 60 * 1000;
  const recent = await search(mailbox, { kind: 'date', fromMs: now.getTime() - weekMs });
  assert.ok(recent.length > 25 && recent.length < messages.length, `${recent.length} of the last week`);
  assert.ok(
    messages.every(({ internalDate }) => Number(internalDate) <= now.getTime()),
    'nothing from the future',
  );

  const [launch] = await search(mailbox, { kind: 'text', field: 'subject', words: ['launch', 'date'] });
  assert.equal((await mailbox.getThread(launch?.threadId ?? '')).messages.length, 6);
  for (const word of ['报价', 'القاهرة', 'Heizungswartung', 'violoncelle', 'コーヒー', 'encimera']) {
    assert.ok((await search(mailbox, { kind: 'text', field: 'anywhere', words: [word] })).length > 0, word);
  }
});

test('every demo message is sound mail: address, date, id, and whole files', async (t) => {
  const mailbox = openDemo(t, temporaryFolder(t));
  await fillDemoMailbox(mailbox, now);
  const mails = await parsedMail(mailbox);
  assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, mails.length);
  for (const mail of mails) {
    assert.match(mail.from[0]?.address ?? '', /^\S+@\S+\.example$/);
    assert.ok(mail.dateMs !== undefined && mail.to.length > 0, mail.subject);
    assert.ok(mail.text !== undefined || mail.html !== undefined || mail.attachments.length > 0, mail.subject);
    assert.doesNotMatch(`${mail.subject}${mail.text}${mail.html}`, /\uFFFD|=\?UTF-8/);
  }
  const files = mails.flatMap(({ attachments }) => attachments);
  const pdfs = files.filter(({ mimeType }) => mimeType === 'application/pdf');
  assert.ok(pdfs.length >= 7);
  for (const { content } of pdfs) {
    const text = Buffer.from(content).toString('latin1');
    const tableOffset = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
    assert.ok(text.startsWith('%PDF-1.4\n') && text.slice(tableOffset).startsWith('xref\n'));
    const offsets = Array.from(text.matchAll(/^(\d{10}) 00000 n $/gm), ([, offset]) => Number(offset));
    for (const [index, offset] of offsets.entries()) assert.ok(text.slice(offset).startsWith(`${index + 1} 0 obj\n`));
  }
  assert.ok(files.some(({ isInline, mimeType }) => isInline && mimeType === 'image/png'));
  assert.ok(files.some(({ filename }) => filename === 'Relevé d’identité bancaire.pdf'));
  assert.ok(files.some(({ mimeType }) => mimeType === 'text/calendar'));
});

test('a demo mailbox that is there stays as its user left it', async (t) => {
  const mailbox = openDemo(t, temporaryFolder(t));
  await fillDemoMailbox(mailbox, now);
  const [newest] = await search(mailbox);
  await mailbox.modifyMessages({ ids: [newest?.id ?? ''], addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] });
  const before = await search(mailbox);
  await fillDemoMailbox(mailbox, new Date(now.getTime() + 3 * 24 * 60 * 60 * 1000));
  assert.deepEqual(await search(mailbox), before);
});

test('the same moment gives the same bytes', async (t) => {
  const raws = async (): Promise<readonly string[]> => {
    const mailbox = openDemo(t, temporaryFolder(t));
    await fillDemoMailbox(mailbox, now);
    const messages = await search(mailbox);
    return Promise.all(
      messages.map(async ({ id }) => Buffer.from((await mailbox.getRawMessage(id)).raw).toString('base64')),
    );
  };
  assert.deepEqual(await raws(), await raws());
});

test('processes that make the demo mailbox at once leave one of each message', async (t) => {
  const folder = temporaryFolder(t);
  const programs = [0, 1, 2].map((second) => {
    const moment = new Date(now.getTime() + second * 1000).toISOString();
    return fork(join(import.meta.dirname, 'demo-program.ts'), [folder, moment]);
  });
  t.after(() => programs.forEach((program) => program.kill('SIGKILL')));
  await Promise.all(programs.map((program) => once(program, 'message')));
  for (const program of programs) program.send('go');
  const exits = await Promise.all(programs.map((program) => once(program, 'exit')));
  assert.deepEqual(
    exits,
    programs.map(() => [0, null]),
  );
  const subjects = (await parsedMail(openDemo(t, folder))).map(({ messageId }) => messageId);
  assert.equal(subjects.length, new Set(subjects).size);
  assert.ok(subjects.length >= 60);
});
