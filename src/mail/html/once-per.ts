/** A function that works each object out once, as many boxes have the same styles and refer to the same elements. */
export function oncePer<Key extends object, T>(find: (key: Key) => T): (key: Key) => T {
  const known = new WeakMap<Key, { readonly found: T }>();
  return (key) => {
    let entry = known.get(key);
    if (entry === undefined) {
      entry = { found: find(key) };
      known.set(key, entry);
    }
    return entry.found;
  };
}
