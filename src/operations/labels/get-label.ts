import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { countOf } from '../kernel/render-text.ts';
import { label, labelNameOrId } from './label-schemas.ts';
import { renderLabel } from './render-label.ts';
import { anyLabel } from './resolve-labels.ts';

const count = z.int();

export const getLabel = defineOperation({
  name: 'get_label',
  route: 'GET /api/labels/{id}',
  grant: 'read',
  summary: 'One label, and how many messages and threads have it.',
  input: { id: labelNameOrId.describe('Label name or id.') },
  output: label.extend({ messagesTotal: count, messagesUnread: count, threadsTotal: count, threadsUnread: count }),
  run: async ({ id }, { mailbox }) => {
    const found = anyLabel(id, await mailbox.listLabels());
    return { ...found, ...(await mailbox.getLabelCounts(found.id)) };
  },
  text: ({ messagesTotal, messagesUnread, threadsTotal, threadsUnread, ...found }) => [
    `${countOf(messagesTotal, 'message')} (${messagesUnread} unread) in ${countOf(threadsTotal, 'thread')} (${threadsUnread} unread).`,
    ...fence('label', renderLabel(found)),
  ],
});
