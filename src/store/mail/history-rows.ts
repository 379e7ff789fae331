/** A change about to be recorded, under a history id that was taken or told for it. Label ids are Gmail's. */
interface Change {
  readonly historyId: number;
  readonly kind: 'added' | 'deleted' | 'relabelled';
  readonly messageId: string;
  readonly threadKey: number;
  readonly labelsAdded: readonly string[];
  /** Of a deleted message, those that it had. */
  readonly labelsRemoved: readonly string[];
}

/** A recorded change, with the thread and the labels that its message has now; a deleted one has none. */
export interface HistoryEntry extends Omit<Change, 'threadKey'> {
  readonly threadId: string;
  readonly labelIds: readonly string[];
}

/** What happened to a mailbox. */
export interface HistoryRows {
  /** The first `limit` changes after a history id, oldest first. */
  after(historyId: number, limit: number): Promise<readonly HistoryEntry[]>;
}

export interface HistoryWriter extends HistoryRows {
  /** Takes the next `count` history ids and answers the first of them. */
  take(count: number): Promise<number>;
  /** Notes a history id that came from outside as the newest; an older one changes nothing. */
  reach(historyId: number): Promise<void>;
  /** Records changes; a message whose labels changed has the change's history id from then on. */
  record(changes: readonly Change[]): Promise<void>;
  /** Forgets the changes before the newest so many history ids: `oldestHistoryId` says where they begin. */
  keep(count: number): Promise<void>;
}
