/** The secrets of a login, encrypted with one key. */
export interface SealedSecrets {
  readonly keyId: string;
  readonly secret: Uint8Array;
  readonly clientSecret: Uint8Array;
}

/** A login without what the store gives it. Times are milliseconds since 1970. */
export interface NewLogin {
  /** In lower case. */
  readonly emailAddress: string;
  readonly kind: 'oauth' | 'serviceAccount';
  /** The id of the OAuth client, or the address of the service account. */
  readonly client: string;
  /** Separated by spaces, as OAuth writes them. */
  readonly scopes: string;
  readonly createdMs: number;
  readonly refreshTokenExpiresMs: number | undefined;
  readonly sealed: SealedSecrets;
}

/** A login as it is stored. */
export interface StoredLogin extends NewLogin {
  /** Grows by one with every login of the account, also over a removal. */
  readonly generation: number;
  /** Why the account has to log in again; undefined while all is well. */
  readonly reauthReason: string | undefined;
}

/** What may be read of the logins. */
interface LoginReader {
  /** In alphabetical order. */
  list(): Promise<readonly StoredLogin[]>;
  find(emailAddress: string): Promise<StoredLogin | undefined>;
}

/** What a transaction may do with the logins. */
export interface LoginRows extends LoginReader {
  /** Stores a login in place of the account's one before, and returns its generation, a new one. */
  put(login: NewLogin): Promise<number>;
  /** Stores the secrets of a login that is there, within its generation. */
  putSecrets(emailAddress: string, sealed: SealedSecrets): Promise<void>;
  /** No later login of the account gets this generation, or one before it. */
  remove(login: Pick<StoredLogin, 'emailAddress' | 'generation'>): Promise<void>;
}

/** The logins of a home. */
export interface LoginStore extends LoginReader {
  /**
   * Everything `work` writes is stored, or, when it throws, none of it; other writers wait. `work` waits for nothing but its
   * rows.
   */
  write<T>(work: (rows: LoginRows) => Promise<T>): Promise<T>;
  /** Notes why a login of this generation is lost; true where no reason was noted before. */
  markReauth(emailAddress: string, generation: number, reason: string): Promise<boolean>;
  /** Overwrites what was removed or replaced wherever the engine still has it. */
  purge(): Promise<void>;
  close(): void;
}
