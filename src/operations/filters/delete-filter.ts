import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { filter } from './filter-schemas.ts';
import { viewFilter } from './view-filter.ts';

export const deleteFilter = defineOperation({
  name: 'delete_filter',
  route: 'DELETE /api/filters/{id}',
  grant: 'settings',
  toolset: 'filters',
  summary: 'Delete a filter. What it did to mail stays.',
  input: { id: z.string().regex(/^[\w-]{1,200}$/, 'expected an id from list_filters') },
  isDestructive: true,
  output: z.object({ before: filter }),
  run: async ({ id }, { mailbox, apply }) => {
    const [filters, labels] = await Promise.all([mailbox.listFilters(), mailbox.listLabels()]);
    const kept = filters.find((one) => one.id === id);
    if (kept === undefined) {
      throw new AppError('NOT_FOUND', `There is no filter ${id}.`, {
        field: 'id',
        expected: 'an id that list_filters shows',
        got: id,
      });
    }
    return whenDone(apply('deleteFilter', id), () => ({ before: viewFilter(kept, labels) }));
  },
  text: ({ before: { id, effect } }) => [`Deleted filter ${id}.`, ...fence('filter', effect)],
});
