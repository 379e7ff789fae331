import type { StoredMessage } from './message-rows.ts';

/** A draft and the message that it has now. */
export interface StoredDraft {
  readonly id: string;
  readonly message: StoredMessage;
}

export interface DraftRows {
  find(id: string): Promise<StoredDraft | undefined>;
  /** Drafts whose message has a key below `belowKey`, the highest key first. */
  list(belowKey: number, limit: number): Promise<readonly StoredDraft[]>;
}

export interface DraftWriter extends DraftRows {
  /** Makes a message the one of a draft, in place of the one before. A draft goes with its message. */
  put(id: string, messageKey: number): Promise<void>;
}
