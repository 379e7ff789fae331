import { renameSync, rmSync } from 'node:fs';
import { readSettings } from '../../core/settings.ts';
import { localMailboxFolder } from '../../store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Assembly } from '../../server/assemble.ts';
import { openMailStore } from '../../store/sqlite/mail/open-mail-store.ts';
import { writeSettings } from '../write-settings.ts';
import { requireLocalMailbox, requireNothingToSend } from './local-account.ts';

/** How many messages a local mailbox holds. Throws as {@link removeMailbox} does. */
export async function countMessages(assembly: Assembly, address: string): Promise<number> {
  requireLocalMailbox(assembly.home.dataFolder, address);
  await requireNothingToSend(assembly, address);
  const store = openMailStore(localMailboxFolder(assembly.home.dataFolder, address));
  const mailbox = openLocalMailbox({ store, emailAddress: address });
  try {
    return (await mailbox.getProfile()).messagesTotal;
  } finally {
    mailbox.close();
  }
}

/**
 * Deletes a local mailbox with its mail, and returns what else was changed, a sentence each. Throws `NOT_FOUND`,
 * `INVALID_INPUT` for the demo mailbox, `CONFLICT` while messages wait to be sent. Nobody may have the mailbox open.
 */
export async function removeMailbox(assembly: Assembly, address: string): Promise<readonly string[]> {
  const { folder, dataFolder } = assembly.home;
  requireLocalMailbox(dataFolder, address);
  await requireNothingToSend(assembly, address);
  const mailboxFolder = localMailboxFolder(dataFolder, address);
  // A name that no address has: stopped half way, it is no account any more, and the next removal clears it away.
  const leftOver = `${mailboxFolder}%removed`;
  rmSync(leftOver, { recursive: true, force: true });
  renameSync(mailboxFolder, leftOver);
  rmSync(leftOver, { recursive: true });
  if (readSettings(folder).values.get('GMAIL_ACCOUNT')?.toLowerCase() !== address) return [];
  writeSettings(folder, 'GMAIL_ACCOUNT', undefined);
  return ['GMAIL_ACCOUNT named it, and is out of the settings.'];
}
