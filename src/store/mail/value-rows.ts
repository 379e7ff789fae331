/**
 * What is kept of a mailbox as values under names: settings, the lists of its settings, filters, the marks by which long
 * work finds its place again, and in which state the mailbox itself is.
 */
type ValueKind = 'setting' | 'sendAs' | 'forwarding' | 'delegate' | 'filter' | 'mark' | 'state';

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface ValueRows {
  /** The value last stored under a name, or undefined. */
  get(kind: ValueKind, name: string): Promise<string | undefined>;
  /** All of a kind in the order in which they were first stored. */
  list(kind: ValueKind): Promise<readonly NamedValue[]>;
}

export interface ValueWriter extends ValueRows {
  /** Stores a value under a name, in place of the one before. */
  put(kind: ValueKind, name: string, value: string): Promise<void>;
  /** Takes a value away; false when there was none. */
  delete(kind: ValueKind, name: string): Promise<boolean>;
}
