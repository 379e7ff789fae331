/** A thread as the store keeps it. */
export interface ThreadRow {
  /** Grows in the order in which threads are made. */
  readonly key: number;
  readonly id: string;
  /** 0 when its messages went to another thread, or are deleted: its id stays. */
  readonly messagesTotal: number;
  /** Hash of Gmail's own thread id, where an archive told it. */
  readonly gmailThreadHash: number | undefined;
  /** Where the thread went on: the one it was joined to, or the one after it when it is full. */
  readonly successorKey: number | undefined;
}

/** Which messages of the same subject are asked for. */
export interface NeighbourQuery {
  readonly subjectHash: number;
  /** Received from here to there, both included (milliseconds since 1970). */
  readonly fromMs: number;
  readonly toMs: number;
  /** The latest first, or the earliest. */
  readonly order: 'latest' | 'earliest';
  /** Only those without references. */
  readonly isWithoutReferences: boolean;
  readonly limit: number;
}

/** A message of the same subject as another one. */
export interface Neighbour {
  readonly subjectHash: number;
  readonly internalDateMs: number;
  readonly threadKey: number;
  readonly hasReferences: boolean;
  readonly participantHashes: Uint32Array;
}

/** What rules about threads want to know before they decide. */
export interface ThreadQuery {
  readonly keys?: readonly number[];
  readonly ids?: readonly string[];
  readonly links?: readonly number[];
  readonly neighbours?: readonly NeighbourQuery[];
}

/** The threads that were asked for, by name, link or neighbour, and all that their successors lead to. */
export interface ThreadSurroundings {
  readonly threads: readonly ThreadRow[];
  readonly links: ReadonlyMap<number, number>;
  /** In the order of the queries; a message may be among several. */
  readonly neighbours: readonly (readonly Neighbour[])[];
  /** The key that the next thread gets, then counted up. */
  readonly nextKey: number;
}

/** What rules decided about threads. */
export interface ThreadChanges {
  /** Threads that are new or other than before, each once. */
  readonly threads: readonly ThreadRow[];
  /** Links by which later messages find a thread; one that is there already stays as it is. */
  readonly links: readonly { readonly hash: number; readonly threadKey: number }[];
  /** Threads whose stored messages go to another, in this order. */
  readonly moves: readonly { readonly fromKey: number; readonly toKey: number }[];
  /** How many threads with messages there are more. */
  readonly threadsTotalChange: number;
}

export interface ThreadRows {
  around(query: ThreadQuery): Promise<ThreadSurroundings>;
}

export interface ThreadWriter extends ThreadRows {
  apply(changes: ThreadChanges): Promise<void>;
}
