import { openLocalMailbox } from '../local/open-local-mailbox.ts';
import { openMailStore } from '../store/sqlite/mail/open-mail-store.ts';
import { createEmulatedAccount, type EmulatedAccount } from './emulated-account.ts';
import { rewriteOnSend } from './methods/rewrite-headers.ts';

/** The users of an emulator, by their addresses in lower case. */
export type EmulatedAccounts = ReadonlyMap<string, EmulatedAccount>;

/**
 * Opens the mailboxes of the users; mail that one sends to another is delivered. Throws `UNAVAILABLE` for one that
 * cannot be opened, and leaves none open then.
 */
export async function openAccounts(
  accounts: readonly { readonly emailAddress: string; readonly folder: string }[],
  nowMs: () => number,
  historyMs: () => number,
): Promise<EmulatedAccounts> {
  const opened = new Map<string, EmulatedAccount>();
  async function deliver(recipient: string, raw: Uint8Array): Promise<void> {
    await opened.get(recipient.toLowerCase())?.mailbox.receiveMessage({ raw });
  }
  try {
    for (const { emailAddress, folder } of accounts) {
      const store = openMailStore(folder);
      const mailbox = openLocalMailbox({
        store,
        emailAddress: emailAddress.toLowerCase(),
        // Gmail dates mail in whole seconds (as recorded).
        now: () => Math.floor(nowMs() / 1000) * 1000,
        onSend: (raw) => rewriteOnSend(raw, nowMs()),
        deliver,
      });
      const account = createEmulatedAccount(mailbox, store, nowMs, historyMs);
      opened.set(account.emailAddress, account);
      await account.noteHistory();
    }
  } catch (error) {
    closeAccounts(opened);
    throw error;
  }
  return opened;
}

/** Closes every mailbox. */
export function closeAccounts(accounts: EmulatedAccounts): void {
  for (const { mailbox } of accounts.values()) mailbox.close();
}
