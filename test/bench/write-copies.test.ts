import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCopies } from '../../bench/mailbox/write-copies.ts';
import { importPaths } from '../../src/local/import/import-paths.ts';
import { buildMail } from '../build-mail.ts';
import { openMailbox } from '../local/temporary-mailbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('copies of mail are messages of their own, with threads of their own and the same words', async (t) => {
  const folder = temporaryFolder(t);
  const [subject, date] = ['A plan', 'Tue, 03 Mar 2020 10:00:00 +0100'];
  const messages = [
    buildMail({ subject, date, messageId: 'plan@example.org', text: 'quaternion' }),
    buildMail({
      subject: `Re: ${subject}`,
      date: 'Wed, 04 Mar 2020 10:00:00 +0100',
      messageId: 'answer@example.org',
      references: ['plan@example.org'],
      text: 'From here on\nit is a quaternion',
    }),
    // Without an id and without a date it is told apart by the number of its copy alone.
    buildMail({ subject: 'Another', text: 'quaternion' }),
  ];
  const mbox = join(folder, 'list.mbox');
  const lines = messages.map((raw) =>
    Buffer.from(raw)
      .toString()
      .replaceAll(/^From /gm, '>From '),
  );
  writeFileSync(mbox, lines.map((text) => `From x Wed Mar  4 10:00:00 2020\n${text}\n\n`).join(''));
  // Twice three messages and two of a third time.
  const { signal } = new AbortController();
  const copies = await writeCopies([mbox], { folder, wanted: 8, signal });

  const mailbox = openMailbox(t, temporaryFolder(t));
  const paths = [mbox, ...copies];
  const report = await importPaths({ mailbox, paths, nowMs: Date.UTC(2026, 0, 1), timeZone: 'UTC' });
  assert.deepEqual([report.imported, report.duplicates, report.unreadable], [8, 0, []]);
  assert.deepEqual([...report.labels], [['list', 8]]);
  const query = { kind: 'all' } as const;
  const all = await mailbox.searchMessages({ query, maxResults: 50, includeSpamTrash: false });
  assert.equal(new Set(all.messages.map(({ threadId }) => threadId)).size, 5);
  const raws = await Promise.all(
    all.messages.map(async ({ id }) => Buffer.from((await mailbox.getRawMessage(id)).raw).toString()),
  );
  assert.equal(raws.filter((raw) => raw.includes('\nFrom here on\nit is a quaternion')).length, 3);
  assert.ok(raws.some((raw) => raw.includes('References: <copy2.plan@example.org>')));
});
