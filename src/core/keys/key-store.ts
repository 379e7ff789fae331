/** A place outside the database that keeps the text of a key ring. Throws `UNAVAILABLE` where it cannot be used. */
export interface KeyStore {
  /** Where that is, as a sentence names it. */
  readonly place: string;
  /** What was saved last, or undefined where there is nothing. */
  load(): string | undefined;
  /** Replaces the text as a whole; after a crash it is the old one or the new one. */
  save(text: string): void;
}
