/** A message on its way out of a mailbox. */
export interface ExportedMessage {
  readonly id: string;
  /** Gmail's, in hexadecimal. */
  readonly threadId: string;
  readonly internalDateMs: number;
  readonly raw: Uint8Array;
  /** System labels by their ids. */
  readonly systemLabels: readonly string[];
  readonly labelNames: readonly string[];
}
