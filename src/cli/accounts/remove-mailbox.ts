import { readSettings } from '../../core/settings.ts';
import type { Assembly } from '../../server/assemble.ts';
import { writeSettings } from '../write-settings.ts';
import { requireLocalMailbox, requireNothingToSend } from './local-account.ts';
import { replaceSharedAccount } from './shared-account.ts';

/** How many messages a local mailbox holds. Throws as {@link removeMailbox} does. */
export async function countMessages(assembly: Assembly, address: string): Promise<number> {
  await requireLocalMailbox(assembly, address);
  await requireNothingToSend(assembly, address);
  const store = await assembly.services.mailboxes.openExisting(address);
  try {
    return (await store.once((rows) => rows.totals())).messagesTotal;
  } finally {
    store.close();
  }
}

/**
 * Deletes a local mailbox with its mail, and returns what else was changed, a sentence each. Throws `NOT_FOUND`,
 * `INVALID_INPUT` for the demo mailbox, `CONFLICT` while messages wait to be sent. Nobody may have its files open.
 */
export async function removeMailbox(assembly: Assembly, address: string): Promise<readonly string[]> {
  const { folder } = assembly.home;
  await requireLocalMailbox(assembly, address);
  await requireNothingToSend(assembly, address);
  await assembly.services.mailboxes.remove(address);
  const done: string[] = [];
  if (readSettings(folder).values.get('GMAIL_ACCOUNT')?.toLowerCase() === address) {
    writeSettings(folder, 'GMAIL_ACCOUNT', undefined);
    done.push('GMAIL_ACCOUNT named it, and is out of the settings.');
  }
  if (await replaceSharedAccount(assembly, address, undefined)) {
    done.push('GMAIL_ACCOUNT named it for all hosts, and is out of what they share.');
  }
  return done;
}
