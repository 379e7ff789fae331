import { AppError } from '../../core/errors.ts';
import { parseQuery } from '../../mail/parse-query.ts';
import type { QueryOptions } from '../../mail/query-operators.ts';
import { readWords } from '../../mail/query-operators.ts';
import type { FilterCriteria } from '../../mail/settings.ts';

/**
 * Throws `INVALID_INPUT` for criteria that are not understood, and where none leaves anything out: Gmail would take them
 * all the same, and its filter would act on other mail than was meant.
 */
export function checkCriteria(criteria: FilterCriteria, options: QueryOptions): void {
  const { from, to, subject, query, negatedQuery, hasAttachment, excludeChats, size, sizeComparison } = criteria;
  for (const [name, text] of Object.entries({ from, to, query, negatedQuery })) {
    if (text === undefined) continue;
    naming(`criteria.${name}`, () => {
      refuseEmpty(text, options);
      if (name === 'from' || name === 'to') parseQuery(`${name}:(${text})`, options);
    });
  }
  if (subject !== undefined) {
    naming('criteria.subject', () => void readWords('subject', { text: subject, position: 0, isQuoted: true }));
  }
  const isSizeWhole = size !== undefined && Number.isSafeInteger(size) && size >= 0 && sizeComparison !== undefined;
  const hasSize = size !== undefined || sizeComparison !== undefined;
  if (hasSize && !isSizeWhole) {
    throw new AppError('INVALID_INPUT', 'The size of a filter is incomplete.', {
      field: 'criteria.size',
      expected: 'size, a whole number of bytes, and sizeComparison, larger or smaller',
      got: `size ${size ?? 'missing'}, sizeComparison ${sizeComparison ?? 'missing'}`,
    });
  }
  const hasText = [from, to, subject, query, negatedQuery].some((text) => text !== undefined);
  if (hasText || hasSize || hasAttachment === true) return;
  throw new AppError('INVALID_INPUT', 'A filter needs a criterion.', {
    field: 'criteria',
    expected: 'from, to, subject, query, negatedQuery, hasAttachment or size',
    got: excludeChats === true ? 'only excludeChats' : 'none',
  });
}

function refuseEmpty(text: string, options: QueryOptions): void {
  if (parseQuery(text, options).kind !== 'all') return;
  throw new AppError('INVALID_INPUT', 'The criterion is empty.', { expected: 'a Gmail query', got: 'nothing' });
}

function naming(field: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, error.message, { ...error.details, field }, error);
  }
}
