/** The values, each once, in the order of their first: for lists of a request that name a set, whose answers count what is in it. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
