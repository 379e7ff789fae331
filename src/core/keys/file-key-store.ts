import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, messageOf, systemCode } from '../errors.ts';
import type { KeyStore } from './key-store.ts';

/** Where the key of a home is, unless a file is named. */
export function keyFileOf(dataFolder: string, named: string | undefined): string {
  return named ?? join(dataFolder, 'gmail', 'key');
}

/** Keeps the keys in a file of 0600, which is replaced whole and is on the disk before `save` returns. */
export function openFileKeyStore(file: string): KeyStore {
  return {
    place: file,
    load() {
      try {
        if ((statSync(file).mode & 0o077) === 0) return readFileSync(file, 'utf8');
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw unusable(`${file} cannot be read: ${messageOf(error)}.`, 'Give this user access to the file.', error);
      }
      throw unusable(
        `${file}, the key of all stored logins, can be read by other users of this machine.`,
        `Run: chmod 600 ${file}. If somebody may have read it, remove your logins and log in again.`,
      );
    },
    save(text) {
      const draft = `${file}.${process.pid}`;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(draft, text, { mode: 0o600, flush: true });
        renameSync(draft, file);
        flushFolder(dirname(file));
      } catch (error) {
        throw unusable(`${file} cannot be written: ${messageOf(error)}.`, 'Check the disk and its rights.', error);
      }
    },
  };
}

/** The new name of a file is on the disk only when its folder is. */
function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unusable(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('UNAVAILABLE', message, { hint }, cause);
}
