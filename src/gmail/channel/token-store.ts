import type { KeyedCredentialStore } from '../credential.ts';
import type { AccessTokenRow } from '../../store/live/access-token-rows.ts';
import type { Lease } from '../../store/live/leases.ts';
import type { SharedState } from './shared-state.ts';

/** An access token as all processes know it. */
interface SharedToken {
  readonly accessToken: string;
  /** Another one for every token of the account; grows. */
  readonly generation: number;
  readonly isFresh: boolean;
}

/** The longest time before its end at which a token is renewed, and the part of its life if that is less. */
const longestMarginMs = 300_000;
const jitterMs = 60_000;
const marginShare = 0.1;
/** The same for the time in which a token is used no more: a request has to arrive. */
const longestTransitMs = 10_000;
const transitShare = 0.02;

/** The access token of one account in the state that all processes share. */
export interface TokenStore {
  /**
   * The token of this login, as long as it can be used; `isFresh` as long as it need not be renewed. Undefined where
   * there is none, or none that this process can decrypt.
   */
  read(loginGeneration: number): Promise<SharedToken | undefined>;
  /** Puts a token in its place and ends the lease, if nobody has overtaken that meanwhile. */
  put(lease: Lease, token: NewToken): Promise<void>;
  /** Ends a token that Google refused. One that came after it stays. */
  invalidate(generation: number): Promise<void>;
}

/** A token as it came. */
interface NewToken {
  readonly loginGeneration: number;
  readonly accessToken: string;
  /** When it was asked for, and how long after that it ends. */
  readonly receivedMs: number;
  readonly lifetimeMs: number;
}

/** Opens the store of an account. */
export function openTokenStore(account: string, store: KeyedCredentialStore, state: SharedState): TokenStore {
  const { accessTokens, now, random } = state;
  // Each process renews at a moment of its own, so that they do not all wait for the same lease.
  const ownJitterMs = random() * jitterMs;
  let decrypted: { readonly generation: number; readonly accessToken: string } | undefined;

  function accessTokenIn({ generation, sealed }: AccessTokenRow): string | undefined {
    if (decrypted?.generation === generation) return decrypted.accessToken;
    const accessToken = store.unsealAccessToken(account, sealed);
    if (accessToken !== undefined) decrypted = { generation, accessToken };
    return accessToken;
  }

  return {
    async read(loginGeneration) {
      const row = await accessTokens.find(account);
      if (row === undefined || row.loginGeneration !== loginGeneration) return undefined;
      const { generation, expiresMs } = row;
      const lifetimeMs = expiresMs - row.receivedMs;
      const leftMs = expiresMs - now();
      // More than its whole life left: the clock was set back, and nobody knows its end.
      if (leftMs > lifetimeMs || leftMs <= Math.min(longestTransitMs, lifetimeMs * transitShare)) return undefined;
      const accessToken = accessTokenIn(row);
      if (accessToken === undefined) return undefined;
      const isFresh = leftMs > Math.min(longestMarginMs + ownJitterMs, lifetimeMs * marginShare);
      return { accessToken, generation, isFresh };
    },
    async put(lease, { loginGeneration, accessToken, receivedMs, lifetimeMs }) {
      const sealed = await store.sealAccessToken(account, accessToken);
      await state.write(lease.name, async (rows) => {
        if (!(await rows.leases.holds(lease))) return;
        const before = await rows.accessTokens.find(account);
        // Never a number that was used before, not even where the row was removed meanwhile.
        const generation = Math.max(before === undefined ? 0 : before.generation + 1, now());
        const expiresMs = Math.floor(receivedMs + lifetimeMs);
        await rows.accessTokens.put(account, { loginGeneration, generation, sealed, receivedMs, expiresMs });
        await rows.leases.release(lease);
      });
    },
    invalidate: (generation) => accessTokens.expire(account, generation),
  };
}
