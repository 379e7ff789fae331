/** Escapes of JSON whose character no engine but SQLite takes: NUL, and half of a surrogate pair. */
const unstorable = /\\(?:u0000|u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|.)/g;

/** JSON text of a value that every engine stores and gives back as it is; what it cannot hold is U+FFFD. */
export function storableJson(value: unknown): string {
  // `JSON.stringify` writes both as escapes, and a surrogate pair as what it is.
  return JSON.stringify(value).replaceAll(unstorable, (escape) => (escape.length === 2 ? escape : '\\ufffd'));
}
