import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError, messageOf, systemCode } from '../../../core/errors.ts';
import { accountAddress } from '../../mail/account-address.ts';
import { addressTaken, noMailbox, type Mailboxes } from '../../mail/mailboxes.ts';
import { mailFileName, openMailStore } from './open-mail-store.ts';

/** Where a data folder keeps its local mailboxes, one folder for each address. */
function localFolder(dataFolder: string): string {
  return join(dataFolder, 'local');
}

/**
 * The folder of an account's mailbox, whether it is there or not. Throws `INVALID_INPUT` for what is no address.
 * Characters that a file name cannot hold everywhere are percent-encoded.
 */
export function localMailboxFolder(dataFolder: string, emailAddress: string): string {
  const address = accountAddress(emailAddress);
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
  return localMailboxFolders(dataFolder)
    .filter((folder) => existsSync(join(folder, mailFileName)))
    .map((folder) => decodeURIComponent(basename(folder)))
    .toSorted();
}

/**
 * The folders of all local mailboxes, whatever is in them. One whose name is that of no address is left over from a removal.
 * Throws `UNAVAILABLE` when they cannot be read.
 */
export function localMailboxFolders(dataFolder: string): readonly string[] {
  return foldersIn(localFolder(dataFolder))
    .filter((name) => !/%(?![\da-f]{2})/.test(name))
    .map((name) => join(localFolder(dataFolder), name));
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

/** Changes with every write to a mailbox of the folder, by whichever process; costs two `stat` calls. */
function stampOf(folder: string): string {
  const file = join(folder, mailFileName);
  return [file, `${file}-wal`]
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`))
    .join(' ');
}

/** The local mailboxes of a data folder. Nobody may have one open that is renamed or removed. */
export function sqliteMailboxes(dataFolder: string): Mailboxes {
  const folderOf = (address: string) => localMailboxFolder(dataFolder, address);
  return {
    list: async () => listLocalAccounts(dataFolder),
    has: async (address) => hasLocalMailbox(dataFolder, address),
    open: async (address) => openMailStore(folderOf(address)),
    async openExisting(address) {
      if (!hasLocalMailbox(dataFolder, address)) throw noMailbox(address);
      return openMailStore(folderOf(address));
    },
    check: async (address) => (await import('./check-mail.ts')).openMailCheck(folderOf(address)),
    async rename(from, to) {
      if (existsSync(folderOf(to))) throw addressTaken(to);
      renameSync(folderOf(from), folderOf(to));
    },
    async remove(address) {
      // A name that no address has.
      const leftOver = `${folderOf(address)}%removed`;
      rmSync(leftOver, { recursive: true, force: true });
      renameSync(folderOf(address), leftOver);
      rmSync(leftOver, { recursive: true });
    },
    stamps: async (addresses) => new Map(addresses.map((address) => [address, stampOf(folderOf(address))])),
  };
}
