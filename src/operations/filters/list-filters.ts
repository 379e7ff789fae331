import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { filter } from './filter-schemas.ts';
import { viewFilter } from './view-filter.ts';

export const listFilters = defineOperation({
  name: 'list_filters',
  route: 'GET /api/filters',
  grant: 'settings',
  toolset: 'filters',
  summary: 'List the filters that act on arriving mail, in words, with their ids.',
  input: {},
  output: z.object({ filters: z.array(filter).readonly() }),
  run: async (_input, { mailbox }) => {
    const [filters, labels] = await Promise.all([mailbox.listFilters(), mailbox.listLabels()]);
    return { filters: filters.map((one) => viewFilter(one, labels)) };
  },
  text: ({ filters }) =>
    filters.length === 0
      ? 'No filters.'
      : fence('filters', filters.map(({ id, effect }) => `${id}: ${effect}`).join('\n')),
});
