import * as z from 'zod';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { ThreadSummary } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { escapeSnippet, messageReference, messageResource } from './message-resource.ts';
import { checkedId } from './checked-id.ts';
import { checkLabelChange, labelChangeFields, trashing, untrashing } from './label-change.ts';
import { nextPageField, resultSizeEstimate, searchQuery, searchRequestOf } from './list-request.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

/** `users.threads`. A thread has no `raw` format. */
export const threadMethods: readonly Method[] = [
  defineMethod('threads.list', {
    query: searchQuery,
    run: async ({ query, mailbox, nowMs }) => {
      const page = await mailbox.searchThreads(await searchRequestOf(query, mailbox, nowMs));
      // A query names labels less exactly than an id does.
      const hasLabels = ({ labelIds }: MessageSummary): boolean => query.labelIds.every((id) => labelIds.includes(id));
      const threads = page.threads
        .filter(({ messages }) => messages.some(hasLabels))
        .map(({ id, historyId, messages }) => ({
          id,
          snippet: escapeSnippet(messages.at(-1)?.snippet ?? ''),
          historyId,
        }));
      return {
        ...(threads.length === 0 ? {} : { threads }),
        ...nextPageField(mailbox, page.nextPageToken),
        resultSizeEstimate: resultSizeEstimate(threads.length, page.nextPageToken),
      };
    },
  }),
  defineMethod('threads.get', {
    query: { format: ['full', 'metadata', 'minimal'], metadataHeaders: 'string[]' },
    run: async ({ parameter, query, mailbox }) => {
      const { id, historyId, messages } = await mailbox.getThreadSummary(checkedId(parameter('id')));
      const stored = await Promise.all(messages.map((message) => mailbox.getRawMessage(message.id)));
      return {
        id,
        historyId,
        messages: stored.map((message) => messageResource(message, query.format, query.metadataHeaders)),
      };
    },
  }),
  defineMethod('threads.modify', {
    body: { name: '', schema: z.strictObject(labelChangeFields) },
    run: async ({ parameter, body, mailbox }) => {
      checkLabelChange(body);
      return relabel(mailbox, checkedId(parameter('id')), body);
    },
  }),
  defineMethod('threads.trash', {
    run: ({ parameter, mailbox }) => relabel(mailbox, checkedId(parameter('id')), trashing),
  }),
  defineMethod('threads.untrash', {
    run: ({ parameter, mailbox }) => relabel(mailbox, checkedId(parameter('id')), untrashing),
  }),
  defineMethod('threads.delete', {
    run: async ({ parameter, mailbox }) => {
      await mailbox.deleteMessages(idsOf(await mailbox.getThreadSummary(checkedId(parameter('id')))));
    },
  }),
];

function idsOf({ messages }: ThreadSummary): readonly string[] {
  return messages.map(({ id }) => id);
}

async function relabel(
  mailbox: LocalMailbox,
  id: string,
  change: { readonly addLabelIds: readonly string[]; readonly removeLabelIds: readonly string[] },
): Promise<object> {
  await mailbox.modifyMessages({ ...change, ids: idsOf(await mailbox.getThreadSummary(id)) });
  const thread = await mailbox.getThreadSummary(id);
  return { id: thread.id, messages: thread.messages.map(messageReference) };
}
