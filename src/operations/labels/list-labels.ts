import * as z from 'zod';
import { label } from './label-schemas.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { oneLine } from '../kernel/render-text.ts';

/** What `list_labels` returns. */
export const labelList = z.object({ labels: z.array(label).readonly() });

export const listLabels = defineOperation({
  name: 'list_labels',
  route: 'GET /api/labels',
  grant: 'read',
  toolset: 'core',
  summary: 'List system labels and your own, with their ids.',
  input: {},
  output: labelList,
  run: async (_input, call) => ({ labels: await call.mailbox.listLabels() }),
  text: ({ labels }) => {
    const system = labels.filter((label) => label.type === 'system').map((label) => label.id);
    const own = labels.filter((label) => label.type === 'user').map((label) => `${label.id}: ${oneLine(label.name)}`);
    return [
      `System: ${system.join(', ')}`,
      ...(own.length === 0 ? ['No labels of your own.'] : fence('names of your own labels', own.join('\n'))),
    ];
  },
});
