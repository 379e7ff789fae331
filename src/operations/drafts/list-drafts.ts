import * as z from 'zod';
import { draftSummary, pageToken } from '../messages/message-schemas.ts';
import { listedSummary } from '../messages/listed-summary.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderDraftList } from '../messages/render-list.ts';

export const listDrafts = defineOperation({
  name: 'list_drafts',
  route: 'GET /api/drafts',
  grant: 'read',
  toolset: 'core',
  summary: 'List drafts, newest first.',
  input: { maxResults: z.int().min(1).max(500).default(10), pageToken },
  output: z.object({ drafts: z.array(draftSummary).readonly(), nextPageToken: z.string().optional() }),
  run: async (page, call) => {
    const { drafts, ...rest } = await call.mailbox.listDrafts(page);
    return {
      ...rest,
      drafts: drafts.map(({ id, message }) => ({
        ...listedSummary(message),
        id,
        message: { id: message.id, threadId: message.threadId },
      })),
    };
  },
  text: renderDraftList,
});
