import { bytesOf, integerOf, textOf, type Row } from '../../store/columns.ts';
import type { KeyedCredentialStore } from '../credentials/open-credential-store.ts';
import { holdsLease, releaseLease, type Lease } from '../../store/sqlite/lease.ts';
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
  read(loginGeneration: number): SharedToken | undefined;
  /** Puts a token in its place and ends the lease, if nobody has overtaken that meanwhile. */
  put(lease: Lease, token: NewToken): void;
  /** Ends a token that Google refused. One that came after it stays. */
  invalidate(generation: number): void;
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
  const { database, now, random } = state;
  // Each process renews at a moment of its own, so that they do not all wait for the same lease.
  const ownJitterMs = random() * jitterMs;
  let decrypted: { readonly generation: number; readonly accessToken: string } | undefined;

  const rowOf = (): Row | undefined => database.get('SELECT * FROM access_token WHERE account = ?', account);

  function accessTokenIn(row: Row, generation: number): string | undefined {
    if (decrypted?.generation === generation) return decrypted.accessToken;
    const accessToken = store.unsealAccessToken(account, {
      keyId: textOf(row, 'key_id'),
      bytes: bytesOf(row, 'sealed'),
    });
    if (accessToken !== undefined) decrypted = { generation, accessToken };
    return accessToken;
  }

  return {
    read(loginGeneration) {
      const row = rowOf();
      if (row === undefined || integerOf(row, 'login_generation') !== loginGeneration) return undefined;
      const expiresMs = integerOf(row, 'expires_ms');
      const lifetimeMs = expiresMs - integerOf(row, 'received_ms');
      const leftMs = expiresMs - now();
      // More than its whole life left: the clock was set back, and nobody knows its end.
      if (leftMs > lifetimeMs || leftMs <= Math.min(longestTransitMs, lifetimeMs * transitShare)) return undefined;
      const generation = integerOf(row, 'generation');
      const accessToken = accessTokenIn(row, generation);
      if (accessToken === undefined) return undefined;
      const isFresh = leftMs > Math.min(longestMarginMs + ownJitterMs, lifetimeMs * marginShare);
      return { accessToken, generation, isFresh };
    },
    put(lease, { loginGeneration, accessToken, receivedMs, lifetimeMs }) {
      const sealed = store.sealAccessToken(account, accessToken);
      database.write(() => {
        if (!holdsLease(state, lease)) return;
        const row = rowOf();
        // Never a number that was used before, not even where the row was removed meanwhile.
        const generation = Math.max(row === undefined ? 0 : integerOf(row, 'generation') + 1, now());
        database.run(
          'INSERT OR REPLACE INTO access_token VALUES (?, ?, ?, ?, ?, ?, ?)',
          account,
          loginGeneration,
          generation,
          sealed.keyId,
          sealed.bytes,
          receivedMs,
          Math.floor(receivedMs + lifetimeMs),
        );
        releaseLease(state, lease);
      });
    },
    invalidate(generation) {
      database.run('UPDATE access_token SET expires_ms = 0 WHERE account = ? AND generation = ?', account, generation);
    },
  };
}
