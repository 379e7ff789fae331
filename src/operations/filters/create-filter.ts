import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { FilterAction } from '../../mail/settings.ts';
import type { Label } from '../../mail/message.ts';
import { parseQuery } from '../../mail/parse-query.ts';
import type { Call } from '../operation.ts';
import { defineOperation } from '../operation.ts';
import { noteIfLocal } from '../render-text.ts';
import { resolveLabelIds } from '../resolve-labels.ts';
import { checkForwarding } from '../settings/check-forwarding.ts';
import { actionFields, criteriaFields, filter } from './filter-schemas.ts';
import { viewFilter } from './view-filter.ts';

type Criteria = z.output<typeof criteriaFields>;

/** Throws `INVALID_INPUT` for a query that is not understood or says nothing: the filter would act on other mail. */
function checkQuery(field: string, query: string, call: Call): void {
  try {
    if (parseQuery(query, call).kind !== 'all') return;
    throw new AppError('INVALID_INPUT', 'This query matches everything.', {
      expected: 'a word or an operator',
      got: query,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, error.message, { ...error.details, field }, error);
  }
}

function checkCriteria(criteria: Criteria, call: Call): void {
  const { query, negatedQuery, size, sizeComparison, excludeChats: _, ...others } = criteria;
  const narrowing = [query, negatedQuery, size, ...Object.values(others)].filter((value) => value !== undefined);
  if (narrowing.length === 0) {
    throw new AppError('INVALID_INPUT', 'A filter without criteria would act on all mail.', {
      field: 'criteria',
      expected: 'at least one of from, to, subject, query, negatedQuery, hasAttachment, size',
      got: JSON.stringify(criteria),
    });
  }
  if ((size === undefined) !== (sizeComparison === undefined)) {
    throw new AppError('INVALID_INPUT', 'A size is larger or smaller than something.', {
      field: size === undefined ? 'criteria.size' : 'criteria.sizeComparison',
      expected: 'size and sizeComparison together',
      got: size === undefined ? 'only sizeComparison' : 'only size',
    });
  }
  if (query !== undefined) checkQuery('criteria.query', query, call);
  if (negatedQuery !== undefined) checkQuery('criteria.negatedQuery', negatedQuery, call);
}

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
    checkCriteria(criteria, call);
    const labels = await call.mailbox.listLabels();
    const resolved = resolveAction(action, labels);
    if (action.forward !== undefined) await checkForwarding(call.mailbox, 'action.forward', action.forward);
    return viewFilter(await call.mailbox.createFilter({ criteria, action: resolved }), labels);
  },
  text: ({ id, effect, action: { forward } }, _input, { delivery }) =>
    `Made the filter ${id}: ${effect} It acts on mail that arrives from now on.` +
    (forward === undefined
      ? ''
      : noteIfLocal(delivery, 'This mailbox is local: copies go to accounts of this machine only.')),
});
