/** Small things that all hosts of a store share, each kind a ledger by itself. */
type RecordKind =
  | 'key'
  | 'secret'
  | 'token'
  | 'token-use'
  | 'session'
  | 'sign-in-link'
  | 'upload'
  | 'policy'
  | 'setting';

/** One of them, under a name that is its own within its kind. */
export interface StoredRecord {
  readonly name: string;
  /** JSON or text. */
  readonly body: string;
  /** When it was made or last touched, in milliseconds since 1970. */
  readonly atMs: number;
}

/** Where hosts keep small things together. Every method throws `UNAVAILABLE` when that cannot be reached. */
export interface RecordStore {
  /** Another text after every change of one of these kinds; touching is none. */
  version(...kinds: readonly RecordKind[]): Promise<string>;
  get(kind: RecordKind, name: string): Promise<StoredRecord | undefined>;
  /** All of a kind, by their names. */
  list(kind: RecordKind): Promise<readonly StoredRecord[]>;
  /** Returns false, and changes nothing, where there is one of that name. */
  add(kind: RecordKind, record: StoredRecord, bytes?: Uint8Array): Promise<boolean>;
  /** Puts a record in the place of the one of its name, if there is one. */
  put(kind: RecordKind, record: StoredRecord): Promise<void>;
  /** The bytes that were added with a record. */
  bytes(kind: RecordKind, name: string): Promise<Uint8Array | undefined>;
  /** How many bytes were added with all of a kind. */
  sizeBytes(kind: RecordKind): Promise<number>;
  touch(kind: RecordKind, name: string, atMs: number): Promise<void>;
  /** Takes a record away and returns it; of several who take it, one gets it. */
  take(kind: RecordKind, name: string): Promise<StoredRecord | undefined>;
  /** Deletes what is older. */
  forgetBefore(kind: RecordKind, atMs: number): Promise<void>;
}
