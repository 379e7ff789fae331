import type { Condition } from './condition.ts';

/** Labels with at most this many messages together are walked themselves, and not the messages that have a word. */
export const smallLabelMessages = 1000;

/** Whether labels have so few messages that they can all be looked at. */
type AreSmall = (labelKeys: readonly number[]) => boolean;

/**
 * Whether an index leads to the messages that match, or nearly all match, so that counting them up to a bound looks at few
 * others. `totalOf` counts the messages of a label, up to more than {@link smallLabelMessages}.
 */
export function isLedByIndex(condition: Condition, totalOf: (labelKey: number) => number): boolean {
  const areSmall: AreSmall = (keys) => keys.reduce((sum, key) => sum + totalOf(key), 0) <= smallLabelMessages;
  const parts = condition.kind === 'and' ? condition.conditions : [condition];
  if (parts.some((part) => part.kind === 'label' && areSmall(part.keys))) return true;
  // Dates are ranges of keys.
  const leading = parts.filter(
    (part) => part.kind !== 'date' && part.kind !== 'all' && !leavesLittleOut(part, areSmall),
  );
  const [only] = leading;
  if (only === undefined) return true;
  if (leading.length === 1 && (isOneLabel(only) || only.kind === 'messageId' || only.kind === 'none')) return true;
  return leading.every(isOfWords) && leading.some(({ kind }) => kind !== 'not');
}

function isOneLabel(condition: Condition): boolean {
  return condition.kind === 'label' && condition.keys.length === 1;
}

function leavesLittleOut(condition: Condition, areSmall: AreSmall): boolean {
  return condition.kind === 'not' && condition.condition.kind === 'label' && areSmall(condition.condition.keys);
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
