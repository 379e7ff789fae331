import { AppError } from '../../core/errors.ts';
import { parseQuery } from './parse-query.ts';
import type { QueryOptions } from './query-operators.ts';
import { readWords } from './query-operators.ts';
import type { QueryNode } from './query.ts';
import type { FilterCriteria } from '../settings.ts';

/**
 * The query of the messages that a filter is for. Every criterion must hold. Throws `INVALID_INPUT` where there is no
 * criterion that leaves anything out, and for one that is not understood: a filter never acts on more than was meant.
 *
 * What Gmail's documentation says of each (reference/rest/v1/users.settings.filters, Criteria): `to` covers To, Cc and
 * Bcc, `subject` is a phrase, `size` is that of the whole message. `false` is the same as not given.
 */
export function filterQuery(criteria: FilterCriteria, options: QueryOptions): QueryNode {
  const { from, to, subject, query, negatedQuery, hasAttachment, excludeChats, size, sizeComparison } = criteria;
  const nodes: QueryNode[] = [];
  if (from !== undefined) nodes.push(readAddresses('from', from, options));
  if (to !== undefined) nodes.push(readAddresses('to', to, options));
  if (subject !== undefined) nodes.push(readCriterion('subject', () => readPhrase(subject)));
  if (query !== undefined) nodes.push(readCriterion('query', () => readQuery(query, options)));
  if (negatedQuery !== undefined) {
    nodes.push({ kind: 'not', node: readCriterion('negatedQuery', () => readQuery(negatedQuery, options)) });
  }
  if (hasAttachment === true) nodes.push({ kind: 'attachment' });
  if (size !== undefined || sizeComparison !== undefined) nodes.push(readSize(size, sizeComparison));
  if (nodes.length === 0) {
    throw new AppError('INVALID_INPUT', 'A filter needs a criterion.', {
      field: 'criteria',
      expected: 'from, to, subject, query, negatedQuery, hasAttachment or size',
      got: excludeChats === true ? 'only excludeChats' : 'none',
    });
  }
  if (excludeChats === true) nodes.push({ kind: 'not', node: { kind: 'label', label: 'CHAT' } });
  return { kind: 'and', nodes };
}

/** What is wrong with a query is said of the criterion that it stands in. */
function readCriterion(name: keyof FilterCriteria, read: () => QueryNode): QueryNode {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, error.message, { ...error.details, field: `criteria.${name}` }, error);
  }
}

function readAddresses(field: 'from' | 'to', text: string, options: QueryOptions): QueryNode {
  return readCriterion(field, () => {
    // Alone first: brackets that do not match must not reach beyond those that are put around it.
    readQuery(text, options);
    return parseQuery(`${field}:(${text})`, options);
  });
}

function readPhrase(text: string): QueryNode {
  return readWords('subject', { text, position: 0, isQuoted: true });
}

function readQuery(text: string, options: QueryOptions): QueryNode {
  const node = parseQuery(text, options);
  if (node.kind !== 'all') return node;
  throw new AppError('INVALID_INPUT', 'The criterion is empty.', { expected: 'a Gmail query', got: 'nothing' });
}

function readSize(size: number | undefined, comparison: FilterCriteria['sizeComparison']): QueryNode {
  const isWhole = size !== undefined && Number.isSafeInteger(size) && size >= 0;
  if (!isWhole || comparison === undefined) {
    throw new AppError('INVALID_INPUT', 'The size of a filter is incomplete.', {
      field: 'criteria.size',
      expected: 'size, a whole number of bytes, and sizeComparison, larger or smaller',
      got: `size ${size ?? 'missing'}, sizeComparison ${comparison ?? 'missing'}`,
    });
  }
  return comparison === 'larger' ? { kind: 'size', minBytes: size + 1 } : { kind: 'size', belowBytes: size };
}
