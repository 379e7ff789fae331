import type { NewLogin, StoredLogin } from '../../store/live/login-store.ts';
import type { AccountInfo, Credential } from '../credential.ts';

/** The two secrets of a login; a service account has only the first. */
export interface LoginSecrets {
  /** The refresh token, or the private key of a service account. */
  readonly secret: string;
  readonly clientSecret: string;
}

/** What may be shown of a stored login. */
export function accountInfoOf(login: StoredLogin): AccountInfo {
  const { emailAddress, kind, scopes, createdMs, refreshTokenExpiresMs, generation, reauthReason } = login;
  return {
    emailAddress,
    kind,
    scopes: scopes.split(' ').filter((scope) => scope !== ''),
    createdMs,
    ...(refreshTokenExpiresMs === undefined ? {} : { refreshTokenExpiresMs }),
    generation,
    ...(reauthReason === undefined ? {} : { reauthReason }),
  };
}

/** A stored login and its decrypted secrets as a credential. */
export function credentialOf(login: StoredLogin, { secret, clientSecret }: LoginSecrets): Credential {
  const { emailAddress, kind, scopes, createdMs, refreshTokenExpiresMs } = accountInfoOf(login);
  const { client } = login;
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

/** What of a credential needs no encryption, as it is stored, and the secrets. */
export function partsOf(
  credential: Credential,
): LoginSecrets & Pick<NewLogin, 'client' | 'scopes' | 'refreshTokenExpiresMs'> {
  const scopes = credential.scopes.join(' ');
  if (credential.kind === 'serviceAccount') {
    const { clientEmail, privateKey } = credential;
    return { client: clientEmail, scopes, refreshTokenExpiresMs: undefined, secret: privateKey, clientSecret: '' };
  }
  const { clientId, clientSecret, refreshToken, refreshTokenExpiresMs } = credential;
  return { client: clientId, scopes, refreshTokenExpiresMs, secret: refreshToken, clientSecret };
}
