/** Two processes on one mailbox for as long as wanted: `node test/local/hammer.ts --seconds 60`. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { HammerReport } from './hammer-worker.ts';
import { emailAddress, numbered } from './temporary-mailbox.ts';

const messages = 300;

/** Runs the workers, then checks that every change they were told is stored is there. Throws where one is not. */
export async function hammer(folder: string, seconds: number): Promise<readonly HammerReport[]> {
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
  await mailbox.addMessages(await numbered(messages));
  const labels = [await mailbox.createLabel({ name: 'First' }), await mailbox.createLabel({ name: 'Second' })];
  const { historyId: startHistoryId } = await mailbox.getProfile();
  const reports = await Promise.all(labels.map(({ id }) => runWorker(folder, id, seconds)));

  for (const [index, { id, name }] of labels.entries()) {
    const search = { query: { kind: 'label', label: name }, includeSpamTrash: true, maxResults: messages } as const;
    const found = (await mailbox.searchMessages(search)).messages.map((message) => message.id);
    assert.deepEqual(new Set(found), new Set(reports[index]?.labelled), `label ${id}`);
  }
  const changes = reports.reduce((sum, { changes, added }) => sum + changes + added, 0);
  const { historyId, messagesTotal } = await mailbox.getProfile();
  assert.equal(messagesTotal, messages + reports.reduce((sum, { added }) => sum + added, 0));
  assert.equal(Number(historyId) - Number(startHistoryId), changes, 'every change has a history id of its own');
  mailbox.close();
  return reports;
}

async function runWorker(folder: string, labelId: string, seconds: number): Promise<HammerReport> {
  const worker = fork(join(import.meta.dirname, 'hammer-worker.ts'), [folder, labelId, String(seconds)]);
  const failed = once(worker, 'exit').then(([code]) => assert.equal(code, 0, 'a worker failed'));
  const [report] = await Promise.race([once(worker, 'message'), failed.then(() => assert.fail('no report'))]);
  await failed;
  return report;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-hammer-'));
  const reports = await hammer(folder, Number(values.seconds));
  console.table(reports.map(({ labelled, ...figures }) => ({ ...figures, labelled: labelled.length })));
  rmSync(folder, { recursive: true });
}
