import * as z from 'zod';
import { historyRecord, pageToken } from '../messages/message-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';

/** One line for each message that a step of the history touched. */
function renderRecord(record: z.output<typeof historyRecord>): readonly string[] {
  return [
    ...(record.messagesAdded ?? []).map(({ message }) => `added ${message.id}: ${message.labelIds.join(', ')}`),
    ...(record.messagesDeleted ?? []).map(({ message }) => `deleted ${message.id}`),
    ...(record.labelsAdded ?? []).map(({ message, labelIds }) => `${message.id} +${labelIds.join(' +')}`),
    ...(record.labelsRemoved ?? []).map(({ message, labelIds }) => `${message.id} -${labelIds.join(' -')}`),
  ];
}

export const listChanges = defineOperation({
  name: 'list_changes',
  route: 'GET /api/history',
  grant: 'read',
  toolset: 'sync',
  summary: 'What changed after a historyId, oldest first; ask next time from the historyId of the last page.',
  input: {
    startHistoryId: z.string().regex(/^\d{1,19}$/, 'expected a historyId, decimal digits'),
    maxResults: z.int().min(1).max(500).default(100),
    pageToken,
  },
  output: z
    .object({
      history: z.array(historyRecord).readonly(),
      historyId: z.string(),
      nextPageToken: z.string().optional(),
    })
    .readonly(),
  run: (page, call) => call.mailbox.listHistory(page),
  text: ({ history, historyId, nextPageToken }) => {
    // Some steps are of messages of which they tell nothing.
    const steps = history.map(renderRecord).filter((lines) => lines.length > 0);
    return [
      steps.length === 0 ? 'Nothing changed.' : `${steps.length} steps, oldest first:`,
      ...steps.flat(),
      `historyId: ${historyId}`,
      ...(nextPageToken === undefined ? [] : [`More: pageToken ${nextPageToken}`]),
    ].join('\n');
  },
});
