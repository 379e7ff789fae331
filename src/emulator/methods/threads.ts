import * as z from 'zod';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { ThreadSummary } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import type { AccountState } from '../account-state.ts';
import type { ApiCall } from '../http/api-call.ts';
import { messageReference, messageResource, shownHistoryId } from './message-resource.ts';
import type { MessageFormat, Showing } from './message-resource.ts';
import { snippetOf } from './snippet.ts';
import { checkedId } from './checked-id.ts';
import { checkLabelChange, labelChangeFields, trashing, untrashing } from './label-change.ts';
import type { LabelLists } from './label-change.ts';
import { nextPageField, resultSizeEstimate, searchQuery, searchRequestOf } from './list-request.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

/** `users.threads`. A thread has no `raw` format. */
export const threadMethods: readonly Method[] = [
  defineMethod('threads.list', {
    query: searchQuery,
    run: async ({ query, mailbox, nowMs, state, isMetadataOnly }) => {
      const page = await mailbox.searchThreads(await searchRequestOf(query, mailbox, nowMs));
      // A query names labels less exactly than an id does.
      const hasLabels = ({ labelIds }: MessageSummary): boolean => query.labelIds.every((id) => labelIds.includes(id));
      const threads = await Promise.all(
        page.threads
          .filter(({ messages }) => messages.some(hasLabels))
          .map(async (thread) => ({
            id: thread.id,
            ...(isMetadataOnly ? {} : { snippet: await threadSnippet(mailbox, thread) }),
            historyId: threadHistoryId(thread, state),
          })),
      );
      return {
        ...(threads.length === 0 ? {} : { threads }),
        ...nextPageField(mailbox, page.nextPageToken),
        resultSizeEstimate: resultSizeEstimate(threads.length, page.nextPageToken),
      };
    },
  }),
  defineMethod('threads.get', {
    query: { format: ['full', 'metadata', 'minimal'], metadataHeaders: 'string[]' },
    run: async ({ parameter, query, mailbox, state, isMetadataOnly }) => {
      const thread = await mailbox.getThreadSummary(checkedId(parameter('id')));
      const { format, metadataHeaders } = query;
      return threadResource(mailbox, thread, format, { state, metadataHeaders, isMetadataOnly });
    },
  }),
  defineMethod('threads.modify', {
    body: { name: '', schema: z.strictObject(labelChangeFields) },
    run: async (call) => {
      checkLabelChange(call.body);
      return relabelled(call, checkedId(call.parameter('id')), call.body);
    },
  }),
  defineMethod('threads.trash', {
    run: async (call) => {
      const { id, messages } = await changeThread(call, checkedId(call.parameter('id')), ...trashing);
      return { id, messages: messages.map(messageReference) };
    },
  }),
  defineMethod('threads.untrash', {
    run: (call) => relabelled(call, checkedId(call.parameter('id')), untrashing),
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

async function threadResource(
  mailbox: LocalMailbox,
  thread: ThreadSummary,
  format: MessageFormat | undefined,
  showing: Showing,
): Promise<object> {
  const stored = await Promise.all(thread.messages.map(({ id }) => mailbox.getRawMessage(id)));
  return {
    id: thread.id,
    historyId: threadHistoryId(thread, showing.state),
    messages: stored.map((message) => messageResource(message, format, showing)),
  };
}

async function threadSnippet(mailbox: LocalMailbox, { messages }: ThreadSummary): Promise<string> {
  const last = messages.at(-1);
  return last === undefined ? '' : snippetOf(await mailbox.getRawMessage(last.id));
}

function threadHistoryId(
  { messages, historyId }: ThreadSummary,
  state: Pick<AccountState, 'threadHistoryIds'>,
): string {
  const shown = messages.map((message) => Number(shownHistoryId(message, state)));
  return shown.length === 0 ? historyId : String(Math.max(...shown));
}

type Changing = Pick<ApiCall, 'mailbox' | 'state'>;

/**
 * Changes labels of a whole thread. Each step is one record of the history for all messages that it changes, and all
 * messages of the thread have one history id then.
 */
async function changeThread(
  { mailbox, state }: Changing,
  id: string,
  ...steps: readonly LabelLists[]
): Promise<ThreadSummary> {
  let thread = await mailbox.getThreadSummary(id);
  for (const { addLabelIds, removeLabelIds } of steps) {
    const before = new Set(thread.messages.map(({ historyId }) => historyId));
    await mailbox.modifyMessages({ ids: idsOf(thread), addLabelIds, removeLabelIds });
    thread = await mailbox.getThreadSummary(id);
    const changed = thread.messages.map(({ historyId }) => historyId).filter((own) => !before.has(own));
    const shown = String(Math.max(...changed.map(Number)));
    for (const own of changed) state.threadRecords.set(own, shown);
  }
  const shown = threadHistoryId(thread, state);
  for (const message of thread.messages) state.threadHistoryIds.set(message.id, { own: message.historyId, shown });
  return thread;
}

/** Changes labels and answers the thread as `minimal` shows it. */
async function relabelled(call: Changing, id: string, change: LabelLists): Promise<object> {
  const thread = await changeThread(call, id, change);
  return threadResource(call.mailbox, thread, 'minimal', { state: call.state });
}
