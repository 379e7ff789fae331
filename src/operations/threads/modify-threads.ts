import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { chooseLabels, labelChangeFields } from '../labels/choose-labels.ts';
import { gmailId } from '../messages/message-schemas.ts';
import { distinct } from '../kernel/distinct.ts';
import { ofField } from '../kernel/of-field.ts';
import { defineOperation } from '../kernel/operation.ts';
import { countOf } from '../kernel/render-text.ts';

/** Messages of one change: what Gmail's batchModify takes. */
const mostMessages = 1000;

// Gmail counts a thread read as 40 units of the 6,000 a minute.
const ids = z.array(gmailId).min(1).max(50).overwrite(distinct).describe('Thread ids.');
const output = z
  .object({ threads: z.int().describe('How many threads were named.'), modified: z.int().describe('Their messages.') })
  .readonly();
const changedText =
  (verb: string) =>
  ({ threads, modified }: z.output<typeof output>) =>
    `${verb} ${countOf(threads, 'thread')}, ${countOf(modified, 'message')}.`;

/** The messages that the threads have now. Throws `NOT_FOUND`, and `TOO_LARGE` for more than one change can have. */
async function messagesOf(threadIds: readonly string[], mailbox: MailboxReader): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const threadId of threadIds) {
    const { messages } = await ofField('ids', mailbox.getThread(threadId));
    for (const { summary } of messages) found.add(summary.id);
    if (found.size > mostMessages) {
      throw new AppError('TOO_LARGE', 'These threads have too many messages for one change.', {
        field: 'ids',
        expected: `threads of at most ${mostMessages} messages together`,
        got: `more than that in the first ${threadIds.indexOf(threadId) + 1}`,
        hint: 'Name fewer threads, or change messages by POST /api/messages/modify.',
      });
    }
  }
  return [...found];
}

export const modifyThreads = defineOperation({
  name: 'modify_threads',
  route: 'POST /api/threads/modify',
  grant: 'organize',
  summary: 'Add and remove labels of every message that the threads have now.',
  input: { ids, ...labelChangeFields },
  isIdempotent: true,
  output,
  run: async (input, { mailbox, apply }) => {
    const labels = await chooseLabels(input, mailbox);
    const messageIds = await messagesOf(input.ids, mailbox);
    const counts = { threads: input.ids.length, modified: messageIds.length };
    return whenDone(apply('modifyMessages', { ids: messageIds, ...labels }), () => counts);
  },
  text: changedText('Changed labels of'),
});

export const trashThreads = defineOperation({
  name: 'trash_threads',
  route: 'POST /api/threads/trash',
  grant: 'organize',
  summary: 'Move every message that the threads have now to the trash.',
  input: { ids },
  isIdempotent: true,
  output,
  run: async (input, { mailbox, apply }) => {
    const messageIds = await messagesOf(input.ids, mailbox);
    const change = { ids: messageIds, addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] };
    return whenDone(apply('modifyMessages', change), () => ({
      threads: input.ids.length,
      modified: messageIds.length,
    }));
  },
  text: changedText('Moved to the trash:'),
});

export const untrashThreads = defineOperation({
  name: 'untrash_threads',
  route: 'POST /api/threads/untrash',
  grant: 'organize',
  summary: 'Take every message of the threads out of the trash. As in Gmail they do not return to the inbox.',
  input: { ids },
  isIdempotent: true,
  output,
  run: async (input, { mailbox, apply }) => {
    const messageIds = await messagesOf(input.ids, mailbox);
    const change = { ids: messageIds, addLabelIds: [], removeLabelIds: ['TRASH'] };
    return whenDone(apply('modifyMessages', change), () => ({
      threads: input.ids.length,
      modified: messageIds.length,
    }));
  },
  text: changedText('Took out of the trash:'),
});
