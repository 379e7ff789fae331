import type { Condition, SizeRange } from './condition.ts';

/** Where labels, a range of sizes or attachments have at most this many messages, these are walked, and not those that have a word. */
export const fewMessages = 1000;

/** What indexes know of a mailbox, counted up to more than {@link fewMessages}. */
export interface IndexedTotals {
  ofLabel(key: number): number;
  ofSize(range: SizeRange): number;
  /** A range of sizes with at most this many messages is walked where nothing else is asked for; at least {@link fewMessages}. */
  readonly rareSizes: number;
  withAttachment(): number;
}

/**
 * Whether an index leads to the messages that match, or nearly all match, so that counting them up to a bound looks at few
 * others.
 */
export function isLedByIndex(condition: Condition, totals: IndexedTotals): boolean {
  const parts = condition.kind === 'and' ? condition.conditions : [condition];
  if (parts.some((part) => hasFew(part, totals))) return true;
  // Dates are ranges of keys.
  const leading = parts.filter(
    (part) => part.kind !== 'date' && part.kind !== 'all' && !(part.kind === 'not' && hasFew(part.condition, totals)),
  );
  const [only] = leading;
  if (only === undefined) return true;
  if (leading.length === 1 && (isOneLabel(only) || only.kind === 'messageId' || only.kind === 'none')) return true;
  if (leading.length === 1 && only.kind === 'size') return totals.ofSize(only) <= totals.rareSizes;
  return leading.every(isOfWords) && leading.some(({ kind }) => kind !== 'not');
}

function isOneLabel(condition: Condition): boolean {
  return condition.kind === 'label' && condition.keys.length === 1;
}

/** Whether an index leads to so few messages that they can all be looked at. */
export function hasFew(condition: Condition, totals: IndexedTotals): boolean {
  if (condition.kind === 'size') return totals.ofSize(condition) <= fewMessages;
  if (condition.kind === 'attachment') return totals.withAttachment() <= fewMessages;
  return condition.kind === 'label' && condition.keys.reduce((sum, key) => sum + totals.ofLabel(key), 0) <= fewMessages;
}

/** The full-text index answers these by itself, whatever stands beside them. */
function isOfWords(condition: Condition): boolean {
  switch (condition.kind) {
    case 'text':
      return true;
    case 'or':
      return condition.conditions.every(({ kind }) => kind === 'text');
    case 'not':
      return condition.condition.kind === 'text';
    case 'all':
    case 'none':
    case 'and':
    case 'label':
    case 'userLabel':
    case 'attachment':
    case 'date':
    case 'size':
    case 'messageId':
      return false;
  }
}
