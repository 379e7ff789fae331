/**
 * Code that is read with its first use. `import()` takes 10 µs each time, of what is there already too: too much where every
 * message needs it.
 */
export function readOnce<T>(read: () => Promise<T>): () => Promise<T> {
  let code: Promise<T> | undefined;
  return () => (code ??= read());
}
