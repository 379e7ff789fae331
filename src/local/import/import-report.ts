/** A message or a file that did not go in as it should, and why. */
export interface ImportProblem {
  /** A path, in an mbox with the offset in bytes. */
  readonly source: string;
  readonly reason: string;
}

/** What became of every message: `found` is always `imported`, `duplicates`, `leftOut` and `unreadable` together. */
export interface ImportReport {
  readonly found: number;
  readonly imported: number;
  /** Messages that the mailbox had already, the same byte for byte. */
  readonly duplicates: number;
  /** Messages that the selection leaves out. */
  readonly leftOut: number;
  readonly unreadable: readonly ImportProblem[];
  /** How many of these are whole files, or the rest of one: nobody knows what mail was in them. */
  readonly unreadableFiles: number;
  /** Messages in the mailbox of which only the header can be read and searched; their bytes are whole. */
  readonly headersOnly: readonly ImportProblem[];
  /** Files that are no mail and were left alone; no message is among them. */
  readonly skippedFiles: readonly ImportProblem[];
  /** How many were imported of each year, as the time zone has it, the first year first. */
  readonly years: ReadonlyMap<number, number>;
  /** How many were imported with each label, the most frequent first: ids of system labels, names of others. */
  readonly labels: ReadonlyMap<string, number>;
  /** Whether the signal ended the import before everything was read. The same import again goes on from there. */
  readonly isInterrupted: boolean;
}

/** How far an import is. */
export interface ImportProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Messages found so far. */
  readonly found: number;
}
