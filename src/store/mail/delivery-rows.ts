/** A copy of a message that a recipient is still to get. */
interface Delivery {
  readonly key: number;
  readonly bytesKey: number;
  readonly recipient: string;
}

/** Copies on their way to other mailboxes. While one waits, the bytes of its message stay. */
export interface DeliveryRows {
  /** The copies that came after the one of this key, oldest first. */
  waiting(afterKey: number, limit: number): Promise<readonly Delivery[]>;
  count(): Promise<number>;
}

export interface DeliveryWriter extends DeliveryRows {
  /** Notes that recipients are to get a message, each once. */
  add(bytesKey: number, recipients: readonly string[]): Promise<void>;
  remove(key: number): Promise<void>;
}
