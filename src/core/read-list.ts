/** What a comma-separated list of these values looks like, as an error says it. */
export function listForm(values: readonly string[]): string {
  return `a comma-separated list of ${values.join(', ')}, or all`;
}

/**
 * The values that a comma-separated list names, and each word that is none of them; `all` is every one of `all`, which
 * are all values unless some have to be named.
 */
export function readList<const T extends string>(
  values: readonly T[],
  text: string,
  all: readonly T[] = values,
): { readonly named: readonly T[]; readonly unknown: readonly string[] } {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const named = words.flatMap((word) => (word === 'all' ? all : values.filter((value) => value === word)));
  return {
    named: [...new Set(named)],
    unknown: words.filter((word) => word !== 'all' && !values.some((value) => value === word)),
  };
}
