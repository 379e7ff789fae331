import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { filter } from './filter-schemas.ts';
import { countOf, firstLines, oneLine } from '../kernel/render-text.ts';
import { viewFilter } from './view-filter.ts';

/** What a model is shown of all filters, and of one of them. */
const maxListedChars = 30_000;
const maxEffectChars = 1000;

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
  text: ({ filters }) => {
    if (filters.length === 0) return 'No filters.';
    const lines = filters.map(({ id, effect }) => `${id}: ${oneLine(effect, maxEffectChars)}`);
    const { shown, left } = firstLines(lines, maxListedChars);
    return [
      ...fence('filters', shown.join('\n')),
      ...(left === 0 ? [] : [`${countOf(left, 'more filter')}, not shown here: GET /api/filters has all.`]),
    ];
  },
});
