import { tokenGrants, type Grant, type Toolset } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import { hashOf, ownerToken, ownerTokenFile, ownerTokenName } from './owner-token.ts';
import { changeStamp, listTokens, tokensFile, type StoredToken } from './token-store.ts';
import { createUseNotes } from './token-uses.ts';

/** What somebody may do, and with which accounts. */
export interface Rights {
  readonly grants: ReadonlySet<Grant>;
  /** Addresses in lower case; undefined means every account. */
  readonly accounts?: ReadonlySet<string>;
  /** Groups of tools that agents are shown, of those that the server has; undefined means all of these. */
  readonly toolsets?: ReadonlySet<Toolset>;
}

/** Who shows a token, and what they may do. */
export interface Principal extends Rights {
  readonly name: string;
  /** Whether the token still counts, for what goes on for long; undefined where none was shown. */
  readonly isStillAllowed?: () => Promise<boolean>;
}

/** What somebody may do, without who it is. */
export function rightsOf({ grants, accounts, toolsets }: Rights): Rights {
  return {
    grants,
    ...(accounts === undefined ? {} : { accounts }),
    ...(toolsets === undefined ? {} : { toolsets }),
  };
}

/** How long the token files are taken to be as they were: looking at them on every request would cost as much as the rest. */
export const tokensFreshMs = 50;

/** The grants that a token comes to where `limit` is what may be done at all; `admin` is not limited by that. */
function limited(grants: readonly Grant[], limit: ReadonlySet<Grant>): ReadonlySet<Grant> {
  return new Set(grants.filter((grant) => grant === 'admin' || limit.has(grant)));
}

/** Tokens by their hashes. */
export type KnownTokens = ReadonlyMap<string, KnownToken>;

interface KnownToken {
  readonly principal: Principal;
  readonly expiresMs: number;
}

/** What tokens come to where `limit` is what may be done at all. */
export function knownTokens(ownerHash: string, tokens: readonly StoredToken[], limit: ReadonlySet<Grant>): KnownTokens {
  const owner = { name: ownerTokenName, grants: limited(tokenGrants, limit) };
  return new Map([
    [ownerHash, { principal: owner, expiresMs: Number.POSITIVE_INFINITY }],
    ...tokens.map(({ name, sha256, grants, accounts, toolsets, expiresAt }): [string, KnownToken] => [
      sha256,
      {
        principal: {
          name,
          grants: limited(grants, limit),
          ...(accounts === undefined ? {} : { accounts: new Set(accounts) }),
          ...(toolsets === undefined ? {} : { toolsets: new Set(toolsets) }),
        },
        expiresMs: expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
      },
    ]),
  ]);
}

/** Whose token has this hash. Throws `UNAUTHENTICATED` for one that has expired. */
export function principalOf(known: KnownTokens, tokenHash: string, nowMs: number): Principal | undefined {
  const found = known.get(tokenHash);
  if (found === undefined) return undefined;
  const { principal, expiresMs } = found;
  if (nowMs < expiresMs) return principal;
  throw new AppError(
    'UNAUTHENTICATED',
    `The token ${principal.name} expired at ${new Date(expiresMs).toISOString()}.`,
    {
      hint: 'The owner creates a new one: `gmail-llm token create`.',
    },
  );
}

/**
 * Finds whose token it is by the token's hash, following the token files: a token created or revoked by another process
 * counts within {@link tokensFreshMs}. Returns undefined for a hash of no known token; throws `UNAUTHENTICATED` for a
 * token that has expired. `monotonicMs` is a clock that never goes back.
 */
export function createTokenLookup(
  dataFolder: string,
  limit: ReadonlySet<Grant>,
  { now = Date.now, monotonicMs = () => performance.now() } = {},
): (tokenHash: string) => Principal | undefined {
  const files = [ownerTokenFile(dataFolder), tokensFile(dataFolder)];
  const noteUse = createUseNotes(dataFolder, now);
  let stamp = '';
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let known: KnownTokens = new Map();

  function load(): void {
    if (monotonicMs() - lookedAtMs < tokensFreshMs) return;
    lookedAtMs = monotonicMs();
    // Taken before the files are read: what changes meanwhile is read next time.
    const current = files.map(changeStamp).join(' ');
    if (current === stamp) return;
    known = knownTokens(hashOf(ownerToken(dataFolder)), listTokens(dataFolder), limit);
    stamp = current;
  }

  return (tokenHash) => {
    load();
    const principal = principalOf(known, tokenHash, now());
    if (principal !== undefined) noteUse(principal.name);
    return principal;
  };
}

/** The hash of the token in an `Authorization` header, so that the time of looking it up tells nothing about the token. */
export function hashShown(authorization: string | undefined): string {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return token === undefined ? '' : hashOf(token);
}

/**
 * A check of `Authorization` headers. Returns undefined for a header that is missing, malformed or of no known token;
 * throws as {@link createTokenLookup} does.
 */
export function createTokenCheck(
  ...options: Parameters<typeof createTokenLookup>
): (authorization: string | undefined) => Principal | undefined {
  const lookUp = createTokenLookup(...options);
  return (authorization) => lookUp(hashShown(authorization));
}
