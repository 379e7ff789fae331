/** `group:name`, or the name alone where both are the same. */
export function namespec(group: string, name: string): string {
  return group === name ? name : `${group}:${name}`;
}

/** The two halves of `group:name`; a name alone is both, and no name or `*` is the whole group. */
export function splitNamespec(text: string): { readonly group: string; readonly name: string | undefined } {
  const colon = text.indexOf(':');
  if (colon < 0) return { group: text, name: text };
  const name = text.slice(colon + 1);
  return { group: text.slice(0, colon), name: name === '' || name === '*' ? undefined : name };
}
