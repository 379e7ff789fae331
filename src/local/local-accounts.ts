import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf, systemCode } from '../core/errors.ts';
import { mailFileName } from '../store/sqlite/mail/open-mail-store.ts';

/** Where a data folder keeps its local mailboxes, one folder for each address. */
function localFolder(dataFolder: string): string {
  return join(dataFolder, 'local');
}

/**
 * The folder of an account's mailbox, whether it is there or not. Throws `INVALID_INPUT` for what is no address.
 * Characters that a file name cannot hold everywhere are percent-encoded.
 */
export function localMailboxFolder(dataFolder: string, emailAddress: string): string {
  const address = emailAddress.toLowerCase();
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(address)) {
    throw new AppError('INVALID_INPUT', 'This is no e-mail address.', {
      field: 'account',
      expected: 'an address such as ann@example.org',
      got: emailAddress,
    });
  }
  const name = address.replaceAll(/[^\p{L}\p{N}@.+_=~-]/gu, (character) => encodeByBytes(character));
  return join(localFolder(dataFolder), name);
}

function encodeByBytes(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Whether an account has a local mailbox. */
export function hasLocalMailbox(dataFolder: string, emailAddress: string): boolean {
  return existsSync(join(localMailboxFolder(dataFolder, emailAddress), mailFileName));
}

/** Addresses that have a local mailbox, in alphabetical order. Throws `UNAVAILABLE` when the folder cannot be read. */
export function listLocalAccounts(dataFolder: string): readonly string[] {
  return foldersIn(localFolder(dataFolder))
    .filter((name) => existsSync(join(localFolder(dataFolder), name, mailFileName)))
    .flatMap((name) => (/%(?![\da-f]{2})/.test(name) ? [] : decodeURIComponent(name)))
    .toSorted();
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new AppError(
      'UNAVAILABLE',
      `The folder of mailboxes ${folder} cannot be read: ${messageOf(error)}.`,
      { hint: 'Give this user access to it.' },
      error,
    );
  }
}
