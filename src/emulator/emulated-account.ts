import { createAccountState, type AccountState } from './account-state.ts';
import type { LocalMailbox } from '../local/open-local-mailbox.ts';
import type { MailStore } from '../store/mail/mail-store.ts';
import { noteChanges } from './methods/note-changes.ts';

/** A user of the emulator. */
export interface EmulatedAccount {
  /** In lower case. */
  readonly emailAddress: string;
  readonly mailbox: LocalMailbox;
  readonly state: AccountState;
  /** Notes in the history what Gmail does with a message that was sent. */
  readonly noteSent: (messageId: string) => Promise<void>;
  /** Whether changes after this history id are young enough to be asked for. */
  keepsHistorySince(startHistoryId: string): boolean;
  /** Notes where the history stands now: what happened before grows too old together with this moment. */
  noteHistory(): Promise<void>;
}

/** As recorded. */
const changesOfSent = 4;

/** Makes a user of an open mailbox and its store. `historyMs` is how long history ids stay good. */
export function createEmulatedAccount(
  mailbox: LocalMailbox,
  store: MailStore,
  nowMs: () => number,
  historyMs: () => number,
): EmulatedAccount {
  // The mailbox itself keeps changes by number, not by age.
  const notes: { readonly atMs: number; readonly historyId: number }[] = [];
  return {
    emailAddress: mailbox.emailAddress.toLowerCase(),
    mailbox,
    state: createAccountState(),
    noteSent: (messageId) => noteChanges(store, messageId, changesOfSent),
    keepsHistorySince(startHistoryId) {
      const tooOldMs = nowMs() - historyMs();
      return notes.every(({ atMs, historyId }) => atMs > tooOldMs || Number(startHistoryId) >= historyId);
    },
    async noteHistory() {
      const atMs = nowMs();
      const { historyId } = await mailbox.getProfile();
      notes.push({ atMs, historyId: Number(historyId) });
    },
  };
}
