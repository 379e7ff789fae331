/** What is true, false, or not known here. */
export type Ternary = boolean | 'unknown';

export function not(value: Ternary): Ternary {
  return value === 'unknown' ? value : !value;
}

export function and(values: readonly Ternary[]): Ternary {
  if (values.includes(false)) return false;
  return values.includes('unknown') ? 'unknown' : true;
}

export function or(values: readonly Ternary[]): Ternary {
  if (values.includes(true)) return true;
  return values.includes('unknown') ? 'unknown' : false;
}
