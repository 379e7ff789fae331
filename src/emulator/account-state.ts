/** What the emulator remembers of a user beside the mailbox; gone with the process. */
export interface AccountState {
  /** Drafts that were sent, by their ids: what became of them, and when. */
  readonly sentDrafts: Map<string, { readonly messageId: string; readonly sentMs: number }>;
}

/** A state in which nothing has happened yet. */
export function createAccountState(): AccountState {
  return { sentDrafts: new Map() };
}
