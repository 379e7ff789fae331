import { hash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../../core/errors.ts';

/** The name of the token made at first start. It has every grant: GMAIL_GRANTS is what limits it. */
export const ownerTokenName = 'owner';

const tokenPattern = /^gml_[\w-]{43}$/;

/** A new token: 256 random bits behind a prefix by which leaked ones can be found. */
export function makeToken(): string {
  return `gml_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a token. */
export function hashOf(token: string): string {
  return hash('sha256', token);
}

/** Where the token made at first start is. */
export function ownerTokenFile(dataFolder: string): string {
  return join(dataFolder, 'token');
}

/** Reads a secret file. Throws `UNAVAILABLE` when others can read it too: what they know is no secret. */
export function readSecret(path: string): string {
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new AppError('UNAVAILABLE', `${path} can be read by other users of this machine.`, {
      hint: `Run: chmod 600 ${path}. If somebody may have read it, delete it: a new token is made at the next start.`,
    });
  }
  return readFileSync(path, 'utf8').trim();
}

/**
 * The token made at first start, made now if there is none. Two processes that start at once get the same one.
 * It is kept as it is in a 0600 file, so that `gmail-llm token` can print it again.
 */
export function ownerToken(dataFolder: string): string {
  const path = ownerTokenFile(dataFolder);
  try {
    const token = readSecret(path);
    if (tokenPattern.test(token)) return token;
    throw new AppError('UNAVAILABLE', `${path} does not hold a token.`, {
      expected: 'gml_ and 43 characters',
      hint: `Delete ${path}: a new token is made at the next start.`,
    });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${makeToken()}\n`, { mode: 0o600 });
  try {
    // A link is there whole or not at all, and only one process can make it.
    linkSync(draft, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readSecret(path);
}

/** Makes the owner's token worthless; the next start makes a new one. */
export function revokeOwnerToken(dataFolder: string): void {
  rmSync(ownerTokenFile(dataFolder), { force: true });
}
