import * as z from 'zod';
import { label } from './label-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';

export const listLabels = defineOperation({
  name: 'list_labels',
  route: 'GET /api/labels',
  grant: 'read',
  toolset: 'core',
  summary: 'List system labels and your own, with their ids.',
  input: {},
  output: z.object({ labels: z.array(label).readonly() }),
  run: async (_input, call) => ({ labels: await call.mailbox.listLabels() }),
  text: ({ labels }) => {
    const system = labels.filter((label) => label.type === 'system').map((label) => label.id);
    const own = labels.filter((label) => label.type === 'user').map((label) => `${label.id}: ${label.name}`);
    return [`System: ${system.join(', ')}`, own.length === 0 ? 'No labels of your own.' : 'Your own:', ...own].join(
      '\n',
    );
  },
});
