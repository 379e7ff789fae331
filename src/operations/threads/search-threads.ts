import * as z from 'zod';
import type { ThreadSummary } from '../../mail/mailbox.ts';
import { parseQuery } from '../../mail/query/parse-query.ts';
import { gmailQuery, includeSpamTrash, isIndexing, pageToken, threadSummary } from '../messages/message-schemas.ts';
import { listedSummary, shortAddresses } from '../messages/listed-summary.ts';
import type { ThreadSummaryView } from '../messages/message-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderThreadList } from '../messages/render-list.ts';

/** Of those who wrote in a thread, so many are named. */
const listedPeople = 100;
const fromCharacters = 500;

/** A thread without a message has been deleted since it was found: it is left out. */
function viewThread({ id, historyId, messages }: ThreadSummary): readonly ThreadSummaryView[] {
  const newest = messages.at(-1);
  if (newest === undefined) return [];
  const { internalDate, from, subject, snippet, labelIds } = listedSummary(newest);
  return [
    {
      id,
      threadId: id,
      internalDate,
      from,
      subject,
      snippet,
      labelIds,
      historyId,
      messagesTotal: messages.length,
      messagesUnread: messages.filter((message) => message.labelIds.includes('UNREAD')).length,
      participants: [...new Set(messages.map((message) => shortAddresses(message.from, fromCharacters)))].slice(
        0,
        listedPeople,
      ),
    },
  ];
}

export const searchThreads = defineOperation({
  name: 'search_threads',
  route: 'GET /api/threads',
  grant: 'read',
  toolset: 'threads',
  summary: 'Find conversations of which a message matches a Gmail query, newest match first.',
  // Gmail counts a thread read as 40 units of the 6,000 a minute: a page must be payable.
  input: { q: gmailQuery, maxResults: z.int().min(1).max(100).default(10), pageToken, includeSpamTrash },
  output: z.object({ threads: z.array(threadSummary).readonly(), nextPageToken: z.string().optional(), isIndexing }),
  run: async ({ q, ...page }, call) => {
    const { threads, ...rest } = await call.mailbox.searchThreads({ ...page, query: parseQuery(q, call) });
    return { ...rest, threads: threads.flatMap(viewThread) };
  },
  text: renderThreadList,
});
