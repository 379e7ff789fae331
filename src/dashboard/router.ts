/** A pattern of a path that fits, with the parts that it names. */
export interface Match<T> {
  readonly found: T;
  readonly fields: Readonly<Record<string, string>>;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No page has such an address.
    return undefined;
  }
}

function fieldsOf(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const expected = pattern.split('/');
  const given = path.split('/');
  if (expected.length !== given.length) return undefined;
  const fields: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = decoded(given[index] ?? '');
    if (value === undefined) return undefined;
    if (segment.startsWith('{')) fields[segment.slice(1, -1)] = value;
    else if (segment !== value) return undefined;
  }
  return fields;
}

/** The first of these whose path, `{name}` for any one part, is this one. */
export function match<T extends { readonly path: string }>(
  candidates: readonly T[],
  path: string,
): Match<T> | undefined {
  for (const found of candidates) {
    const fields = fieldsOf(found.path, path);
    if (fields !== undefined) return { found, fields };
  }
  return undefined;
}
