/** The texts of a message that words can be looked for in, as the full-text index keeps them. */
export const indexedFields = [
  'subject',
  'sender',
  'recipients',
  'cc',
  'bcc',
  'deliveredTo',
  'list',
  'filename',
  'body',
] as const;
export type IndexedField = (typeof indexedFields)[number];

/** `words`, at least one, next to each other in this order, in one of the fields; without fields in any. */
export interface TextCondition {
  readonly kind: 'text';
  readonly words: readonly string[];
  readonly fields?: readonly IndexedField[];
  /** Whether messages are looked for whose words may be stored as version 0.2 did: each once, whatever its field. */
  readonly asStoredBefore?: true;
  /** Other words in the same field, none of them among `words`, at most so many words away: 1 is next to them. */
  readonly near?: { readonly words: readonly string[]; readonly within: number };
}

/** Sizes of whole messages: at least `minBytes`, below `belowBytes`. */
export interface SizeRange {
  readonly minBytes?: number;
  readonly belowBytes?: number;
}

/**
 * What a search asks of a mailbox, with the names of labels looked up and the words taken apart: the form that every
 * store answers.
 */
export type Condition =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | TextCondition
  /** Any of these labels, by their keys. */
  | { readonly kind: 'label'; readonly keys: readonly number[] }
  /** Any label that the user made. */
  | { readonly kind: 'userLabel' }
  | { readonly kind: 'attachment' }
  /** Received at or after `fromMs`, before `beforeMs` (milliseconds since 1970). */
  | { readonly kind: 'date'; readonly fromMs?: number; readonly beforeMs?: number }
  | ({ readonly kind: 'size' } & SizeRange)
  /** The Message-ID header, without angle brackets. */
  | { readonly kind: 'messageId'; readonly messageId: string };

/** The condition that all of these hold; of none it is `all`. Sizes become one range, of which an index may have few. */
export function allOf(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === 'and' ? condition.conditions : [condition]));
  const sizes = flat.filter((condition) => condition.kind === 'size');
  const others = flat.filter(({ kind }) => kind !== 'all' && kind !== 'size');
  const rest = sizes.length === 0 ? others : [...others, intersection(sizes)];
  if (rest.some(({ kind }) => kind === 'none')) return { kind: 'none' };
  const [only = { kind: 'all' }] = rest;
  return rest.length <= 1 ? only : { kind: 'and', conditions: rest };
}

function intersection(ranges: readonly SizeRange[]): Condition {
  const lower = ranges.flatMap(({ minBytes }) => minBytes ?? []);
  const upper = ranges.flatMap(({ belowBytes }) => belowBytes ?? []);
  return {
    kind: 'size',
    ...(lower.length === 0 ? {} : { minBytes: Math.max(...lower) }),
    ...(upper.length === 0 ? {} : { belowBytes: Math.min(...upper) }),
  };
}

/** The condition that one of these holds; of none it is `none`. Labels become one. */
export function anyOf(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === 'or' ? condition.conditions : [condition]));
  if (flat.some(({ kind }) => kind === 'all')) return { kind: 'all' };
  const keys = flat.flatMap((condition) => (condition.kind === 'label' ? condition.keys : []));
  const label = keys.length === 0 ? [] : [{ kind: 'label', keys: [...new Set(keys)] } as const];
  const rest = [...label, ...flat.filter(({ kind }) => kind !== 'none' && kind !== 'label')];
  const [only = { kind: 'none' }] = rest;
  return rest.length <= 1 ? only : { kind: 'or', conditions: rest };
}

/** The condition that this does not hold. */
export function notOf(condition: Condition): Condition {
  if (condition.kind === 'all') return { kind: 'none' };
  if (condition.kind === 'none') return { kind: 'all' };
  if (condition.kind === 'size') {
    const { minBytes, belowBytes } = condition;
    if (belowBytes === undefined && minBytes !== undefined) return { kind: 'size', belowBytes: minBytes };
    if (minBytes === undefined && belowBytes !== undefined) return { kind: 'size', minBytes: belowBytes };
  }
  if (condition.kind === 'date') {
    const { fromMs, beforeMs } = condition;
    if (beforeMs === undefined && fromMs !== undefined) return { kind: 'date', beforeMs: fromMs };
    if (fromMs === undefined && beforeMs !== undefined) return { kind: 'date', fromMs: beforeMs };
  }
  return condition.kind === 'not' ? condition.condition : { kind: 'not', condition };
}
