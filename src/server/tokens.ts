import { hash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grants as allGrants, type Grant } from '../core/configuration.ts';
import { AppError, messageOf, systemCode } from '../core/errors.ts';

/** The name of the token made at first start. It has every grant: GMAIL_GRANTS is what limits it. */
export const ownerTokenName = 'owner';

/** A token as it is kept: never the token itself. */
export interface StoredToken {
  readonly name: string;
  readonly sha256: string;
  readonly grants: readonly Grant[];
  readonly createdAt: string;
}

/** Who shows a token, and what they may do. */
export interface Principal {
  readonly name: string;
  readonly grants: ReadonlySet<Grant>;
}

const tokenPattern = /^gml_[\w-]{43}$/;

/** A new token: 256 random bits behind a prefix by which leaked ones can be found. */
function makeToken(): string {
  return `gml_${randomBytes(32).toString('base64url')}`;
}

function sha256(token: string): string {
  return hash('sha256', token);
}

const ownerFile = (dataFolder: string) => join(dataFolder, 'token');
const storeFile = (dataFolder: string) => join(dataFolder, 'tokens.json');

/** Reads a secret file. Throws `UNAVAILABLE` when others can read it too: what they know is no secret. */
function readSecret(path: string): string {
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
  const path = ownerFile(dataFolder);
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

function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== 'object' || value === null) return false;
  const { name, sha256: hash, grants, createdAt } = value as Partial<Record<keyof StoredToken, unknown>>;
  return (
    typeof name === 'string' &&
    typeof hash === 'string' &&
    typeof createdAt === 'string' &&
    Array.isArray(grants) &&
    grants.every((grant) => allGrants.some((known) => known === grant))
  );
}

/** The tokens made by hand, without the owner's. Throws `UNAVAILABLE` when the file is damaged: nobody gets in by that. */
export function listTokens(dataFolder: string): readonly StoredToken[] {
  const path = storeFile(dataFolder);
  let text: string;
  try {
    text = readSecret(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const tokens: unknown = JSON.parse(text);
    if (Array.isArray(tokens) && tokens.every(isStoredToken)) return tokens;
    throw new Error('it is not a list of tokens');
  } catch (error) {
    throw new AppError('UNAVAILABLE', `${path} cannot be read: ${messageOf(error)}.`, {
      hint: 'Restore it, or delete it and make the tokens anew with `gmail-llm token create`.',
    });
  }
}

function writeTokens(dataFolder: string, tokens: readonly StoredToken[]): void {
  const path = storeFile(dataFolder);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** Makes a token and answers it: the only time that it can be seen. Throws `CONFLICT` when the name is taken. */
export function createToken(dataFolder: string, name: string, grants: readonly Grant[], now: Date): string {
  const tokens = listTokens(dataFolder);
  if (name === ownerTokenName || tokens.some((token) => token.name === name)) {
    throw new AppError('CONFLICT', `There is a token named ${name} already.`, { field: 'name', got: name });
  }
  const token = makeToken();
  writeTokens(dataFolder, [...tokens, { name, sha256: sha256(token), grants, createdAt: now.toISOString() }]);
  return token;
}

/** Makes a token worthless at once. Throws `NOT_FOUND`. Revoking the owner's lets the next start make a new one. */
export function revokeToken(dataFolder: string, name: string): void {
  if (name === ownerTokenName) {
    unlinkSync(ownerFile(dataFolder));
    return;
  }
  const tokens = listTokens(dataFolder);
  const kept = tokens.filter((token) => token.name !== name);
  if (kept.length === tokens.length) {
    throw new AppError('NOT_FOUND', `There is no token named ${name}.`, { field: 'name', got: name });
  }
  writeTokens(dataFolder, kept);
}

/** When a file last changed, or undefined while there is none. */
function changeStamp(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}

/** How long the token files are taken to be as they were: looking at them on every request would cost as much as the rest. */
export const tokensFreshMs = 50;

/**
 * A check of `Authorization` headers that follows the token files: a token made or revoked by another process counts
 * within {@link tokensFreshMs}. Answers undefined for a header that is missing, malformed or of no known token.
 * `nowMs` is a clock that never goes back.
 */
export function createTokenCheck(
  dataFolder: string,
  limit: ReadonlySet<Grant>,
  nowMs: () => number = () => performance.now(),
): (authorization: string | undefined) => Principal | undefined {
  const files = [ownerFile(dataFolder), storeFile(dataFolder)];
  const readStamp = () => files.map(changeStamp).join(' ');
  let stamp = '';
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let principals = new Map<string, Principal>();

  function load(): void {
    if (nowMs() - lookedAtMs < tokensFreshMs) return;
    lookedAtMs = nowMs();
    // Taken before the files are read: what changes meanwhile is read next time.
    const current = readStamp();
    if (current === stamp) return;
    const owner = { name: ownerTokenName, sha256: sha256(ownerToken(dataFolder)), grants: allGrants };
    principals = new Map(
      [owner, ...listTokens(dataFolder)].map((token) => [
        token.sha256,
        { name: token.name, grants: new Set(token.grants.filter((grant) => limit.has(grant))) },
      ]),
    );
    stamp = current;
  }

  return (authorization) => {
    load();
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    // Looked up by hash, so that the time it takes tells nothing about the token.
    return token === undefined ? undefined : principals.get(sha256(token));
  };
}
