/** A watch that a user has asked for. */
interface Watch {
  readonly topicName: string;
  readonly expiresMs: number;
  /** Without any, everything is watched. */
  readonly labelIds: readonly string[];
  /** Whether changes of these labels are the ones that are not watched. */
  readonly isExcluding: boolean;
  /** Where the history stood when something was last published; undefined when nothing was. */
  announcedHistoryId: string | undefined;
}

/** What the emulator remembers of a user beside the mailbox; gone with the process. */
export interface AccountState {
  /** Drafts that were sent, by their ids: what became of them, and when. */
  readonly sentDrafts: Map<string, { readonly messageId: string; readonly sentMs: number }>;
  watch: Watch | undefined;
  /**
   * History ids of messages whose thread was changed as a whole: all of them have the same then. By message id, the one
   * that the mailbox knows and the one that is shown for it.
   */
  readonly threadHistoryIds: Map<string, { readonly own: string; readonly shown: string }>;
  /** Records of the mailbox that are one with others, of the same change of a thread: the id that they are shown under. */
  readonly threadRecords: Map<string, string>;
}

/** A state in which nothing has happened yet. */
export function createAccountState(): AccountState {
  return { sentDrafts: new Map(), watch: undefined, threadHistoryIds: new Map(), threadRecords: new Map() };
}
