import * as z from 'zod';
import { parseQuery } from '../../mail/query/parse-query.ts';
import {
  gmailQuery,
  includeSpamTrash,
  isIndexing,
  messageCount,
  messageSummary,
  pageToken,
} from './message-schemas.ts';
import { listedSummary } from './listed-summary.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderMessageList } from './render-list.ts';

/** More hits than this are not counted: whoever has so many asks again more narrowly. */
const countedHits = 1000;

/** What `search_messages` returns. */
export const messageList = z
  .object({
    messages: z.array(messageSummary).readonly(),
    nextPageToken: z.string().optional(),
    total: messageCount.optional().describe('All hits; on the first page only.'),
    leftOut: messageCount.optional().describe('More hits in spam and trash.'),
    isIndexing,
  })
  .readonly();

export const searchMessages = defineOperation({
  name: 'search_messages',
  route: 'GET /api/messages',
  grant: 'read',
  toolset: 'core',
  summary: 'Find messages with a Gmail query, newest first. Without q: the newest of all mail but spam and trash.',
  input: {
    q: gmailQuery,
    maxResults: z.int().min(1).max(500).default(10),
    pageToken,
    includeSpamTrash,
  },
  output: messageList,
  run: async ({ q, ...page }, call) => {
    const query = parseQuery(q, call);
    const { messages, ...rest } = await call.mailbox.searchMessages({ ...page, query, countUpTo: countedHits });
    return { messages: messages.map(listedSummary), ...rest };
  },
  text: renderMessageList,
});
