import * as z from 'zod';
import { label } from './label-schemas.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { countOf, firstLines, oneLine } from '../kernel/render-text.ts';

/** What a model is shown of a list that has no pages: about 5,000 tokens. */
const maxListedChars = 20_000;

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
    const { shown, left } = firstLines(own, maxListedChars);
    return [
      `System: ${system.join(', ')}`,
      ...(own.length === 0 ? ['No labels of your own.'] : fence('names of your own labels', shown.join('\n'))),
      // Gmail lets an account have 10,000 of them.
      ...(left === 0 ? [] : [`${countOf(left, 'more label')}: each can be given by its name.`]),
    ];
  },
});
