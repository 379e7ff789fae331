import type { Condition } from './resolve-query.ts';

/**
 * A condition as one FTS5 expression, or undefined where it is about more than words, or has no word that must be
 * there: FTS5's NOT takes something away from a set, it cannot stand alone.
 */
export function fullTextExpression(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'fullText':
      return condition.expression;
    case 'and':
      return conjunction(condition.conditions);
    case 'or': {
      const alternatives = condition.conditions.map(fullTextExpression);
      const isComplete = alternatives.every((expression) => expression !== undefined);
      return isComplete ? `(${alternatives.join(' OR ')})` : undefined;
    }
    case 'all':
    case 'none':
    case 'not':
    case 'label':
    case 'userLabels':
    case 'column':
      return undefined;
  }
}

function conjunction(conditions: readonly Condition[]): string | undefined {
  const { wanted, unwanted, others } = splitFullText(conditions);
  return others.length > 0 ? undefined : combineFullText(wanted, unwanted);
}

/** The conditions of a conjunction that full text can answer, as expressions, and the others. */
export function splitFullText(conditions: readonly Condition[]): {
  readonly wanted: readonly string[];
  readonly unwanted: readonly string[];
  readonly others: readonly Condition[];
} {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  const others: Condition[] = [];
  for (const condition of conditions) {
    const expression = fullTextExpression(condition);
    const negated = condition.kind === 'not' ? fullTextExpression(condition.condition) : undefined;
    if (expression !== undefined) wanted.push(expression);
    else if (negated !== undefined) unwanted.push(negated);
    else others.push(condition);
  }
  return { wanted, unwanted, others };
}

/** One expression of what must and what must not be there; undefined when nothing must. */
export function combineFullText(wanted: readonly string[], unwanted: readonly string[]): string | undefined {
  if (wanted.length === 0) return undefined;
  const all = `(${wanted.join(' AND ')})`;
  return unwanted.length === 0 ? all : `(${all} NOT (${unwanted.join(' OR ')}))`;
}
