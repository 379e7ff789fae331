/**
 * One of two processes on a mailbox: reads, searches and changes its own label until the time given is over, then
 * tells its parent what it did. Arguments: folder, label id, seconds.
 */
import assert from 'node:assert/strict';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { emailAddress, incoming } from './temporary-mailbox.ts';

/** What a worker did, and what must therefore be in the mailbox. */
export interface HammerReport {
  readonly changes: number;
  readonly reads: number;
  readonly added: number;
  /** Ids of the messages that have the worker's label at the end. */
  readonly labelled: readonly string[];
  readonly longestMs: number;
}

const [folder = '', labelId = '', seconds = ''] = process.argv.slice(2);
const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
const all = { query: { kind: 'all' }, includeSpamTrash: true, maxResults: 500 } as const;
const ids = (await mailbox.searchMessages(all)).messages.map(({ id }) => id);
const labelled = new Set<string>();
let changes = 0;
let reads = 0;
let added = 0;
let longestMs = 0;

async function timed<T>(work: () => T | Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  longestMs = Math.max(longestMs, performance.now() - begin);
  return result;
}

const end = performance.now() + Number(seconds) * 1000;
for (let step = 0; performance.now() < end; step += 1) {
  const id = ids[(step * 7919) % ids.length] ?? '';
  const has = labelled.has(id);
  const change = { ids: [id], addLabelIds: has ? [] : [labelId], removeLabelIds: has ? [labelId] : [] };
  await timed(() => mailbox.modifyMessages(change));
  changes += 1;
  if (has) labelled.delete(id);
  else labelled.add(id);
  const { summary } = await timed(() => mailbox.getMessage(id));
  assert.equal(summary.labelIds.includes(labelId), !has, 'a change that was acknowledged is not there');
  await timed(() =>
    mailbox.searchMessages({ ...all, query: { kind: 'text', field: 'anywhere', words: ['number'] }, maxResults: 20 }),
  );
  reads += 2;
  if (step % 50 === 0) {
    const mail = await incoming({ messageId: `${labelId}-${step}@hammer`, text: 'late', receivedMs: 2e12 + step });
    added += (await timed(() => mailbox.addMessages([mail]))).length;
  }
}
mailbox.close();
const report: HammerReport = { changes, reads, added, labelled: [...labelled], longestMs };
process.send?.(report);
