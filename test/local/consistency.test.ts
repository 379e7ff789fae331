import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, incoming, openMailbox } from './temporary-mailbox.ts';

const words = ['Plan', 'Re: Plan', 'Rain', 'Fwd: Rain', ''];
const addresses = [emailAddress, 'ann@example.org', 'bob@example.org'];
const labelNames = ['INBOX', 'STARRED', 'Work', 'Work/Rome'];

/** Something that is done to a mailbox. `pick` chooses what is there to do it to. */
interface Step {
  readonly kind:
    | 'add'
    | 'receive'
    | 'import'
    | 'draft'
    | 'redraft'
    | 'sendDraft'
    | 'send'
    | 'relabel'
    | 'delete'
    | 'label';
  readonly subject: string;
  readonly to: string;
  readonly label: string;
  readonly pick: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>(
      'add',
      'add',
      'receive',
      'import',
      'draft',
      'draft',
      'redraft',
      'sendDraft',
      'send',
      'relabel',
      'delete',
      'delete',
      'label',
    ),
    subject: fc.constantFrom(...words),
    to: fc.constantFrom(...addresses),
    label: fc.constantFrom(...labelNames),
    pick: fc.nat(1000),
  }),
  { minLength: 20, maxLength: 40 },
);

async function take(mailbox: LocalMailbox, step: Step, number: number): Promise<unknown> {
  const { subject, to, label, pick } = step;
  const known = await mailbox.searchMessages({ query: { kind: 'all' }, includeSpamTrash: true, maxResults: 100 });
  const message = known.messages[pick % Math.max(1, known.messages.length)];
  const { drafts } = await mailbox.listDrafts({ maxResults: 100 });
  const draftId = drafts[pick % Math.max(1, drafts.length)]?.id ?? 'r-1';
  const labels = (await mailbox.listLabels()).filter(({ type }) => type === 'user');
  const answered = message === undefined ? [] : [(await mailbox.getMessage(message.id)).content.messageId];
  const parts = { subject, to, from: emailAddress, references: answered.filter((id) => id !== '') };
  const raw = buildMail({ ...parts, messageId: `${pick % 8}@x` });
  const outgoing = { raw, ...(message === undefined ? {} : { threadId: message.threadId }) };
  switch (step.kind) {
    case 'add':
      return mailbox.addMessages([await incoming({ ...parts, messageId: `${number}@x`, labels: [label] })]);
    case 'receive':
      return mailbox.receiveMessage({ raw });
    case 'import':
      return mailbox.importMessage({ raw, labelIds: ['SENT'] });
    case 'draft':
      return mailbox.createDraft(outgoing);
    case 'redraft':
      return mailbox.updateDraft(draftId, outgoing);
    case 'sendDraft':
      return mailbox.sendDraft(draftId);
    case 'send':
      return mailbox.sendMessage(outgoing);
    case 'relabel':
      return mailbox.modifyMessages({ ids: [message?.id ?? ''], addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] });
    case 'delete':
      return mailbox.deleteMessages([message?.id ?? '']);
    case 'label':
      return mailbox.deleteLabel(labels[pick % Math.max(1, labels.length)]?.id ?? '');
  }
}

/** What must always be 0: rows that contradict each other. */
const contradictions: Readonly<Record<string, string>> = {
  'the total of messages': 'SELECT messages_total - (SELECT count(*) FROM message) FROM mailbox',
  'the total of threads': 'SELECT threads_total - (SELECT count(DISTINCT thread_key) FROM message) FROM mailbox',
  'the totals of each thread': `SELECT count(*) FROM thread t
    WHERE messages_total <> (SELECT count(*) FROM message m WHERE m.thread_key = t.key)`,
  'the full-text index': 'SELECT count(*) FROM full_text WHERE rowid NOT IN (SELECT id FROM message)',
  'messages that are not in the index': 'SELECT count(*) FROM message WHERE id NOT IN (SELECT rowid FROM full_text)',
  'labels of no message': 'SELECT count(*) FROM message_label WHERE message_key NOT IN (SELECT id FROM message)',
  'labels that are gone': 'SELECT count(*) FROM message_label WHERE label_key NOT IN (SELECT key FROM label)',
  'drafts without the label': `SELECT count(*) FROM draft WHERE message_key NOT IN (
    SELECT message_key FROM message_label l JOIN label ON label.key = l.label_key WHERE label.gmail_id = 'DRAFT')`,
  'messages labelled DRAFT that are no draft': `SELECT count(*) FROM message_label l JOIN label ON label.key = l.label_key
    WHERE label.gmail_id = 'DRAFT' AND l.message_key NOT IN (SELECT message_key FROM draft)`,
  'messages without bytes': 'SELECT count(*) FROM message WHERE raw_key NOT IN (SELECT key FROM raw.raw)',
  'bytes without a message': 'SELECT count(*) FROM raw.raw WHERE key NOT IN (SELECT raw_key FROM message)',
  'bytes that were given up': 'SELECT count(*) FROM released_raw',
  'history of no thread': 'SELECT count(*) FROM history WHERE thread_key NOT IN (SELECT key FROM thread)',
};

suite('the rows of a mailbox', () => {
  test('never contradict each other, whatever is done', async (t) => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const folder = temporaryFolder(t);
        const mailbox = openMailbox(t, folder);
        const { historyId: startHistoryId } = await mailbox.getProfile();
        for (const [number, step] of sequence.entries()) {
          await take(mailbox, step, number).catch((error: unknown) => {
            // There was nothing to do it to.
            if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
          });
        }
        const database = new DatabaseSync(join(folder, 'mailbox.db'));
        database.prepare('ATTACH ? AS raw').run(join(folder, 'raw.db'));
        for (const [what, sql] of Object.entries(contradictions)) {
          assert.deepEqual(Object.values(database.prepare(sql).get() ?? {}), [0], what);
        }
        database.close();

        // Whoever follows the history knows at the end what is there.
        const { history } = await mailbox.listHistory({ startHistoryId, maxResults: 1000 });
        const followed = new Set<string>();
        for (const { messagesAdded = [], messagesDeleted = [] } of history) {
          for (const { message } of messagesAdded) followed.add(message.id);
          for (const { message } of messagesDeleted) followed.delete(message.id);
        }
        const { messages } = await mailbox.searchMessages({
          query: { kind: 'all' },
          includeSpamTrash: true,
          maxResults: 1000,
        });
        assert.deepEqual(followed, new Set(messages.map(({ id }) => id)));
      }),
      { numRuns: 8 },
    );
  });
});
