import type { KeyRange } from '../../../mail/count-newest.ts';
import type { Sql } from './sql.ts';

/** A label as far as a search needs it: where its messages begin and end, and how many they are. */
export interface LabelExtent {
  readonly key: number;
  readonly oldestMessageKey: number;
  readonly newestMessageKey: number;
  /** Counted up to a bound, see `label-extents.ts`. */
  readonly messagesTotal: number;
}

/**
 * A condition as SQLite can answer it. Made by {@link conjunction}, {@link disjunction} and {@link negation}, it
 * is as flat as can be: what FTS5 can answer alone is one expression, and what decides an outcome has decided it.
 */
export type PlannedCondition =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly PlannedCondition[] }
  | { readonly kind: 'not'; readonly condition: PlannedCondition }
  | FullText
  /** Any of these labels. */
  | { readonly kind: 'label'; readonly labels: readonly LabelExtent[] }
  | { readonly kind: 'userLabel' }
  /** Messages with these keys, at most a thousand: a JSON array. */
  | { readonly kind: 'keys'; readonly keys: string }
  /** SQL over the columns of `message m`; only messages with keys in the range can match. */
  | {
      readonly kind: 'column';
      readonly sql: Sql;
      /** The index that holds every match and not much else. */
      readonly index?: 'message_by_message_id' | 'message_by_size' | 'message_with_attachment';
      /** Whether these are few enough to ask the full-text index about each. */
      readonly isShort?: boolean;
      readonly fromKey?: number;
      readonly toKey?: number;
      /** Messages with keys in this range match, whatever their columns say. */
      readonly certain?: KeyRange;
    };

/** An FTS5 expression (sqlite.org/fts5.html, section 3). */
export interface FullText {
  readonly kind: 'fullText';
  readonly expression: string;
  /** What it is made of: words alone, or phrases among them. */
  readonly made: 'ofWords' | 'ofPhrases';
  /** The same with the words of phrases wherever they stand: it holds for whatever the expression holds for. */
  readonly loose: string;
  /** The same in single words and phrases, where it is not one itself. */
  readonly parts?: PlannedCondition;
}

/** The conditions that must all hold: those of an `and`, or the one. */
export function conjunctsOf(condition: PlannedCondition): readonly PlannedCondition[] {
  return condition.kind === 'and' ? condition.conditions : [condition];
}

/** The condition that all of these hold. */
export function conjunction(conditions: readonly PlannedCondition[]): PlannedCondition {
  const flat = conditions.flatMap(conjunctsOf).filter(({ kind }) => kind !== 'all');
  if (flat.some(({ kind }) => kind === 'none')) return { kind: 'none' };
  const wanted = combineWords(
    flat.filter((condition) => condition.kind === 'fullText'),
    'AND',
  );
  const unwanted = combineWords(flat.flatMap(negatedFullText), 'OR');
  const others = flat.filter((condition) => condition.kind !== 'fullText' && negatedFullText(condition).length === 0);
  const words = wanted.length === 0 ? unwanted.map(negation) : wanted.map((all) => unwanted.reduce(without, all));
  return listOf('and', [...words, ...others], 'all');
}

/** The condition that one of these holds. */
export function disjunction(conditions: readonly PlannedCondition[]): PlannedCondition {
  const flat = conditions
    .flatMap((condition) => (condition.kind === 'or' ? condition.conditions : [condition]))
    .filter(({ kind }) => kind !== 'none');
  if (flat.some(({ kind }) => kind === 'all')) return { kind: 'all' };
  const words = [
    ...combineWords(
      flat.filter((condition) => condition.kind === 'fullText'),
      'OR',
    ),
    ...combineWords(flat.flatMap(negatedFullText), 'AND').map(negation),
  ];
  const labels = new Map(
    flat.flatMap((condition) =>
      condition.kind === 'label' ? condition.labels.map((label) => [label.key, label] as const) : [],
    ),
  );
  const anyLabel = labels.size === 0 ? [] : [{ kind: 'label', labels: [...labels.values()] } as const];
  const others = flat.filter(
    (condition) =>
      condition.kind !== 'fullText' && condition.kind !== 'label' && negatedFullText(condition).length === 0,
  );
  return listOf('or', [...words, ...anyLabel, ...others], 'none');
}

/** The condition that this does not hold: what is negated in the end are single conditions, each of which has its list. */
export function negation(condition: PlannedCondition): PlannedCondition {
  switch (condition.kind) {
    case 'all':
      return { kind: 'none' };
    case 'none':
      return { kind: 'all' };
    case 'not':
      return condition.condition;
    case 'and':
      return disjunction(condition.conditions.map(negation));
    case 'or':
      return conjunction(condition.conditions.map(negation));
    case 'fullText':
    case 'label':
    case 'userLabel':
    case 'keys':
    case 'column':
      return { kind: 'not', condition };
  }
}

function negatedFullText(condition: PlannedCondition): readonly FullText[] {
  return condition.kind === 'not' && condition.condition.kind === 'fullText' ? [condition.condition] : [];
}

/** One expression of several, or none of none. */
function combineWords(conditions: readonly FullText[], operator: 'AND' | 'OR'): readonly FullText[] {
  if (conditions.length <= 1) return conditions;
  const joined = (texts: readonly string[]): string => `(${texts.join(` ${operator} `)})`;
  return [
    {
      kind: 'fullText',
      expression: joined(conditions.map(({ expression }) => expression)),
      made: madeOf(conditions),
      loose: joined(conditions.map(({ loose }) => loose)),
      parts: { kind: operator === 'AND' ? 'and' : 'or', conditions },
    },
  ];
}

/** FTS5's NOT takes something away from a set; it cannot stand alone. */
function without(wanted: FullText, unwanted: FullText): FullText {
  return {
    kind: 'fullText',
    expression: `(${wanted.expression} NOT ${unwanted.expression})`,
    made: madeOf([wanted, unwanted]),
    loose: wanted.loose,
    parts: { kind: 'and', conditions: [wanted, negation(unwanted)] },
  };
}

function madeOf(conditions: readonly FullText[]): FullText['made'] {
  return conditions.some(({ made }) => made === 'ofPhrases') ? 'ofPhrases' : 'ofWords';
}

function listOf(
  kind: 'and' | 'or',
  conditions: readonly PlannedCondition[],
  ofNothing: 'all' | 'none',
): PlannedCondition {
  const [only] = conditions;
  if (only === undefined) return { kind: ofNothing };
  return conditions.length === 1 ? only : { kind, conditions };
}
