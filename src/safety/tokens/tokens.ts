import type { Awaitable } from '../../core/awaitable.ts';
import type { Grant } from '../../core/grants.ts';
import { createTokenLookup, hashShown, type Principal } from './check-token.ts';
import { ownerToken } from './owner-token.ts';
import {
  createToken,
  listTokens,
  renameTokenAccount,
  revokeToken,
  type NewToken,
  type StoredToken,
} from './token-store.ts';
import { lastUsedMs } from './token-uses.ts';

/** Finds whose token it is by the token's hash; throws `UNAUTHENTICATED` for a token that has expired. */
export type TokenLookup = (tokenHash: string) => Awaitable<Principal | undefined>;

/** The access tokens of a home. */
export interface Tokens {
  /** The token made at first start, made now if there is none. */
  owner(): Awaitable<string>;
  /** The tokens made by hand. */
  list(): Awaitable<readonly StoredToken[]>;
  /** Creates a token and returns it: the only time that it can be seen. Throws `CONFLICT` when the name is taken. */
  create(token: NewToken, now: Date): Awaitable<string>;
  /** Makes a token worthless at once. Throws `NOT_FOUND`. */
  revoke(name: string): Awaitable<void>;
  /** Gives an account that tokens are limited to another address. Returns the names of these tokens. */
  renameAccount(from: string, to: string): Awaitable<readonly string[]>;
  /** When a token was last used, to a minute. */
  lastUsedMs(name: string): Awaitable<number | undefined>;
  /** A token is good for no grant beyond `limit`, but `admin`. */
  lookUp(limit: ReadonlySet<Grant>): TokenLookup;
}

/** The tokens in the files of a data folder. */
export function fileTokens(dataFolder: string): Tokens {
  return {
    owner: () => ownerToken(dataFolder),
    list: () => listTokens(dataFolder),
    create: (token, now) => createToken(dataFolder, token, now),
    revoke: (name) => revokeToken(dataFolder, name),
    renameAccount: (from, to) => renameTokenAccount(dataFolder, from, to),
    lastUsedMs: (name) => lastUsedMs(dataFolder, name),
    lookUp: (limit) => createTokenLookup(dataFolder, limit),
  };
}

/** Who shows a token in `Authorization`; undefined for a header that is missing, malformed or of no known token. */
export function principalShown(
  lookUp: TokenLookup,
  authorization: string | undefined,
): Awaitable<Principal | undefined> {
  return lookUp(hashShown(authorization));
}
