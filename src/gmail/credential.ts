import type { Sealed } from './credentials/sealer.ts';

/** What stands for the account of `GMAIL_ACCESS_TOKEN` until Google has told its address. */
export const unknownAccount = 'me';

/** A login as it is stored, secrets decrypted. */
export type Credential = OAuthCredential | ServiceAccountCredential;

interface CredentialFacts {
  /** In lower case; what the store knows it by. */
  readonly emailAddress: string;
  /** Scopes that Google granted, as full URLs. */
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly createdMs: number;
}

/** A person's grant to a desktop OAuth client. */
export interface OAuthCredential extends CredentialFacts {
  readonly kind: 'oauth';
  readonly clientId: string;
  /** Google wants it, though it is no secret of a desktop client. */
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** When the refresh token dies by itself (an OAuth client in testing mode), milliseconds since 1970. */
  readonly refreshTokenExpiresMs?: number;
}

/** A Workspace service account that acts for a user (domain-wide delegation). */
export interface ServiceAccountCredential extends CredentialFacts {
  readonly kind: 'serviceAccount';
  readonly clientEmail: string;
  /** PEM. */
  readonly privateKey: string;
}

/** What may be shown of a stored login. */
export interface AccountInfo {
  readonly emailAddress: string;
  readonly kind: Credential['kind'];
  readonly scopes: readonly string[];
  readonly createdMs: number;
  readonly refreshTokenExpiresMs?: number;
  /** Grows by one with every login of this account. */
  readonly generation: number;
  /** Why the account has to log in again; undefined while all is well. */
  readonly reauthReason?: string;
}

/** The logins of a home, shared by all its processes. Throws `UNAVAILABLE` where the store or its key cannot be read. */
export interface CredentialStore {
  /** In alphabetical order; needs no key. */
  list(): Promise<readonly AccountInfo[]>;
  /** Throws `NOT_FOUND`, or `REAUTH_REQUIRED` where the key that encrypted it is gone. */
  read(emailAddress: string): Promise<{ readonly credential: Credential; readonly generation: number }>;
  /** Stores a login in place of an earlier one of the account, reads it back, and begins a new generation. */
  save(credential: Credential): Promise<AccountInfo>;
  /**
   * Takes note that Google no longer honours this generation; true where that was not known before. A later login of the
   * account stays untouched.
   */
  markReauth(emailAddress: string, generation: number, reason: string): Promise<boolean>;
  /** Forgets the login and its tokens. Throws `NOT_FOUND`. */
  remove(emailAddress: string): Promise<void>;
  /** Encrypts everything anew under a fresh key, and forgets the old one. */
  rotateKey(): Promise<void>;
  close(): void;
}

/** A credential store with what the channel and the message cache need of its keys. */
export interface KeyedCredentialStore extends CredentialStore {
  /** What may be shown of one login, or undefined where there is none; needs no key. */
  info(emailAddress: string): Promise<AccountInfo | undefined>;
  /**
   * Puts the refresh token that Google gave in place of the login's own, within its generation. Returns false, and
   * changes nothing, where another login has come since.
   */
  replaceRefreshToken(emailAddress: string, generation: number, refreshToken: string): Promise<boolean>;
  /** Encrypts every login again, with the newest key, as hosts have it in their files; keeps the others. */
  encryptAgain(): Promise<void>;
  /** Encrypts an access token of an account, to be kept elsewhere. */
  sealAccessToken(emailAddress: string, accessToken: string): Promise<Sealed>;
  /** The token that was sealed, or undefined where its key is gone or it was changed. */
  unsealAccessToken(emailAddress: string, sealed: Sealed): string | undefined;
  /**
   * The key (32 bytes) for mail of an account kept on disk. It is another one after {@link rotateKey}: what was kept
   * before can no longer be read.
   */
  cacheKey(emailAddress: string): Promise<Uint8Array>;
}
