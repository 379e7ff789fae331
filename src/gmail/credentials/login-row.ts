import { integerOf, optionalIntegerOf, textOf, type Row } from '../../store/columns.ts';
import type { AccountInfo, Credential } from '../credential.ts';

/** The two secrets of a login; a service account has only the first. */
export interface LoginSecrets {
  /** The refresh token, or the private key of a service account. */
  readonly secret: string;
  readonly clientSecret: string;
}

/** What may be shown of a row of the table `login`. */
export function accountInfoOf(row: Row): AccountInfo {
  const refreshTokenExpiresMs = optionalIntegerOf(row, 'refresh_token_expires_ms');
  return {
    emailAddress: textOf(row, 'email_address'),
    kind: textOf(row, 'kind') === 'oauth' ? 'oauth' : 'serviceAccount',
    scopes: textOf(row, 'scopes')
      .split(' ')
      .filter((scope) => scope !== ''),
    createdMs: integerOf(row, 'created_ms'),
    ...(refreshTokenExpiresMs === undefined ? {} : { refreshTokenExpiresMs }),
    generation: integerOf(row, 'generation'),
    ...(row.reauth_reason === null ? {} : { reauthReason: textOf(row, 'reauth_reason') }),
  };
}

/** A row and its decrypted secrets as a credential. */
export function credentialOf(row: Row, { secret, clientSecret }: LoginSecrets): Credential {
  const { emailAddress, kind, scopes, createdMs, refreshTokenExpiresMs } = accountInfoOf(row);
  const client = textOf(row, 'client');
  const facts = { emailAddress, scopes, createdMs };
  if (kind === 'serviceAccount') return { ...facts, kind, clientEmail: client, privateKey: secret };
  return {
    ...facts,
    kind,
    clientId: client,
    clientSecret,
    refreshToken: secret,
    ...(refreshTokenExpiresMs === undefined ? {} : { refreshTokenExpiresMs }),
  };
}

/** The columns of a credential that need no encryption, and the secrets apart. */
export function columnsOf(credential: Credential): LoginSecrets & {
  readonly client: string;
  readonly scopes: string;
  readonly refreshTokenExpiresMs: number | null;
} {
  const scopes = credential.scopes.join(' ');
  if (credential.kind === 'serviceAccount') {
    const { clientEmail, privateKey } = credential;
    return { client: clientEmail, scopes, refreshTokenExpiresMs: null, secret: privateKey, clientSecret: '' };
  }
  const { clientId, clientSecret, refreshToken, refreshTokenExpiresMs = null } = credential;
  return { client: clientId, scopes, refreshTokenExpiresMs, secret: refreshToken, clientSecret };
}
