import { chmodSync, copyFileSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { makeFolder } from '../../core/make-folder.ts';

function unusable(file: string, does: string, error: unknown): AppError {
  return new AppError('UNAVAILABLE', `${file} cannot be ${does}: ${messageOf(error)}.`, {}, error);
}

/** The text of a client's configuration; empty while there is none. Throws `UNAVAILABLE`. */
export function readClientFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw unusable(file, 'read', error);
  }
}

/** The file itself, where its name is a link to it, as people have it who keep such files elsewhere. */
function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return file;
    throw unusable(file, 'read', error);
  }
}

/**
 * Replaces a client's configuration whole, readable by this user alone, as it holds a token. What was there is kept beside it;
 * returns that copy's path, undefined where there was nothing. Throws `UNAVAILABLE`.
 */
export function writeClientFile(file: string, text: string, now: Date): string | undefined {
  const target = realFile(file);
  const copy = `${target}.${now.toISOString().replaceAll(/[:.]/g, '-')}.bak`;
  try {
    makeFolder(dirname(target));
    const isThere = readClientFile(target) !== '';
    if (isThere) {
      copyFileSync(target, copy);
      chmodSync(copy, 0o600);
    }
    const draft = `${target}.${process.pid}.new`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, target);
    return isThere ? copy : undefined;
  } catch (error) {
    throw error instanceof AppError ? error : unusable(target, 'written', error);
  }
}
