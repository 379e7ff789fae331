import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { tokenGrants, toolsets, type Grant, type Toolset } from '../../core/grants.ts';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { hashOf, makeToken, ownerTokenFile, ownerTokenName, readSecret, revokeOwnerToken } from './owner-token.ts';
import { forgetUses } from './token-uses.ts';

/** A token as it is kept. */
export const storedToken = z.object({
  name: z.string(),
  sha256: z.string(),
  grants: z.array(z.enum(tokenGrants)),
  createdAt: z.string(),
  accounts: z.array(z.string()).exactOptional(),
  toolsets: z.array(z.enum(toolsets)).exactOptional(),
  expiresAt: z.iso.datetime().exactOptional(),
});

/** A token as it is kept, never the token itself: what it is good for, and where accounts or toolsets are named, for those only. */
export type StoredToken = Readonly<z.output<typeof storedToken>>;

/** What a token is to be good for. */
export interface NewToken {
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Addresses in lower case; without them, every account. */
  readonly accounts?: readonly string[];
  /** Groups of tools that agents are shown; without them, those of the server. */
  readonly toolsets?: readonly Toolset[];
  /** ISO 8601; without it, until it is revoked. */
  readonly expiresAt?: string;
}

/** How long a change of the tokens may take before it is taken for one whose process has died. */
const lockMs = 5000;
const pauseMs = 10;

/** Where the tokens made by hand are. */
export function tokensFile(dataFolder: string): string {
  return join(dataFolder, 'tokens.json');
}

/** The tokens made by hand, without the owner's. Throws `UNAVAILABLE` when the file is damaged: nobody gets in by that. */
export function listTokens(dataFolder: string): readonly StoredToken[] {
  const path = tokensFile(dataFolder);
  try {
    const tokens = z.array(storedToken).safeParse(JSON.parse(readSecret(path)));
    if (tokens.success) return tokens.data;
    throw new Error('it is not a list of tokens');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (error instanceof AppError) throw error;
    throw new AppError('UNAVAILABLE', `${path} cannot be read: ${messageOf(error)}.`, {
      hint: 'Restore it, or delete it and create the tokens again with `gmail-llm token create`.',
    });
  }
}

/** Changes the tokens while no other process does. */
function changeTokens(dataFolder: string, change: (tokens: readonly StoredToken[]) => readonly StoredToken[]): void {
  const path = tokensFile(dataFolder);
  const lock = `${path}.lock`;
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      closeSync(openSync(lock, 'wx', 0o600));
      break;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      if (waitedMs < lockMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      else rmSync(lock, { force: true });
    }
  }
  try {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(change(listTokens(dataFolder)), null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Puts tokens in the place of those in the files of a data folder. */
export function putFileTokens(
  dataFolder: string,
  { owner, tokens }: { readonly owner: string; readonly tokens: readonly StoredToken[] },
): void {
  writeFileSync(ownerTokenFile(dataFolder), `${owner}\n`, { mode: 0o600 });
  changeTokens(dataFolder, () => tokens);
}

/** What is kept of a new token: all but itself. */
export function tokenToKeep(
  { name, grants, accounts, toolsets: shown, expiresAt }: NewToken,
  token: string,
  now: Date,
): StoredToken {
  return {
    name,
    sha256: hashOf(token),
    grants: [...grants],
    createdAt: now.toISOString(),
    ...(accounts === undefined ? {} : { accounts: [...accounts] }),
    ...(shown === undefined ? {} : { toolsets: [...shown] }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Creates a token and returns it: the only time that it can be seen. Throws `CONFLICT` when the name is taken. */
export function createToken(dataFolder: string, wanted: NewToken, now: Date): string {
  const { name } = wanted;
  const token = makeToken();
  changeTokens(dataFolder, (tokens) => {
    if (name === ownerTokenName || tokens.some((other) => other.name === name)) {
      throw new AppError('CONFLICT', `There is a token named ${name} already.`, { field: 'name', got: name });
    }
    return [...tokens, tokenToKeep(wanted, token, now)];
  });
  forgetUses(dataFolder, name);
  return token;
}

/** Makes a token worthless at once. Throws `NOT_FOUND`. Revoking the owner's lets the next start make a new one. */
export function revokeToken(dataFolder: string, name: string): void {
  if (name === ownerTokenName) return revokeOwnerToken(dataFolder);
  changeTokens(dataFolder, (tokens) => {
    const kept = tokens.filter((token) => token.name !== name);
    if (kept.length < tokens.length) return kept;
    throw new AppError('NOT_FOUND', `There is no token named ${name}.`, {
      field: 'name',
      expected: kept.map((token) => token.name).join(', ') || 'a name of `gmail-llm token list`, which is empty',
      got: name,
    });
  });
  forgetUses(dataFolder, name);
}

/** Gives an account that tokens are limited to another address. Returns the names of these tokens. */
export function renameTokenAccount(dataFolder: string, from: string, to: string): readonly string[] {
  const names = listTokens(dataFolder).flatMap(({ name, accounts }) => (accounts?.includes(from) === true ? name : []));
  if (names.length > 0) changeTokens(dataFolder, (tokens) => tokens.map((token) => withAccount(token, from, to)));
  return names;
}

/** A token that is good for `to` where it was good for `from`. */
export function withAccount(token: StoredToken, from: string, to: string): StoredToken {
  if (token.accounts === undefined) return token;
  return { ...token, accounts: token.accounts.map((account) => (account === from ? to : account)) };
}

/** When a file last changed, or undefined while there is none. */
export function changeStamp(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}
