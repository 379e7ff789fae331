import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { FilterAction } from '../../mail/settings.ts';
import type { Label } from '../../mail/message.ts';
import { filterQuery } from '../../mail/query/filter-query.ts';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { noteIfLocal } from '../kernel/render-text.ts';
import { resolveLabelIds } from '../labels/resolve-labels.ts';
import { checkForwarding } from '../settings/check-forwarding.ts';
import { actionFields, criteriaFields, filter } from './filter-schemas.ts';
import { viewFilter } from './view-filter.ts';

function resolveAction(action: z.output<typeof actionFields>, labels: readonly Label[]): FilterAction {
  const { addLabelIds = [], removeLabelIds = [], forward } = action;
  const added = resolveLabelIds('action.addLabelIds', addLabelIds, labels);
  const removed = resolveLabelIds('action.removeLabelIds', removeLabelIds, labels);
  if (added.length + removed.length === 0 && forward === undefined) {
    throw new AppError('INVALID_INPUT', 'The filter would do nothing.', {
      field: 'action',
      expected: 'a label in addLabelIds or removeLabelIds, or an address in forward',
      got: JSON.stringify(action),
    });
  }
  const both = added.find((id) => removed.includes(id));
  if (both !== undefined) {
    throw new AppError('INVALID_INPUT', `The label ${both} is both added and removed.`, {
      field: 'action.removeLabelIds',
      got: both,
    });
  }
  return {
    ...(added.length === 0 ? {} : { addLabelIds: added }),
    ...(removed.length === 0 ? {} : { removeLabelIds: removed }),
    ...(forward === undefined ? {} : { forward }),
  };
}

export const createFilter = defineOperation({
  name: 'create_filter',
  route: 'POST /api/filters',
  grant: 'settings',
  toolset: 'filters',
  summary: 'Make a filter for mail that arrives from now on; mail that is there already stays as it is.',
  input: { criteria: criteriaFields, action: actionFields },
  isDestructive: true,
  output: filter,
  run: async ({ criteria, action }, call) => {
    // Also when nothing is made: a dry run refuses what the real call would.
    filterQuery(criteria, call);
    const labels = await call.mailbox.listLabels();
    const resolved = resolveAction(action, labels);
    if (action.forward !== undefined) await checkForwarding(call.mailbox, 'action.forward', action.forward);
    return whenDone(call.apply('createFilter', { criteria, action: resolved }), (made) => viewFilter(made, labels));
  },
  text: ({ id, effect, action: { forward } }, _input, { delivery }) => [
    `Created filter ${id}. It acts on mail that arrives from now on.`,
    ...fence('filter', effect),
    ...(forward === undefined
      ? []
      : noteIfLocal(delivery, 'This mailbox is local: copies go to accounts of this machine only.')),
  ],
});
