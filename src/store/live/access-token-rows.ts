/** The access token of an account, encrypted. Times are milliseconds since 1970. */
export interface AccessTokenRow {
  /** The login that it was granted to. */
  readonly loginGeneration: number;
  /** Another one for every token of the account; grows. */
  readonly generation: number;
  readonly sealed: { readonly keyId: string; readonly bytes: Uint8Array };
  readonly receivedMs: number;
  readonly expiresMs: number;
}

/** The access tokens that the processes of a home share, one of each account. */
export interface AccessTokenRows {
  find(account: string): Promise<AccessTokenRow | undefined>;
  /** Stores a token in place of the one before. */
  put(account: string, token: AccessTokenRow): Promise<void>;
  /** Lets a token end now. One that came after it stays. */
  expire(account: string, generation: number): Promise<void>;
  remove(account: string): Promise<void>;
}
