/** A row as an engine returns it; read its columns with the functions here. */
export type Row = Readonly<Record<string, unknown>>;

function wrongColumn(column: string, value: unknown): never {
  throw new TypeError(`column ${column} holds ${value === null ? 'null' : typeof value}`);
}

/** The text in a column. Anything else there is a fault of ours: throws `TypeError`, as its siblings do. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : wrongColumn(column, value);
}

/** The number in a column. */
export function integerOf(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : wrongColumn(column, value);
}

/** The integer, or undefined for SQL's null. */
export function optionalIntegerOf(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integerOf(row, column);
}

/** The bytes in a column. */
export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : wrongColumn(column, value);
}
