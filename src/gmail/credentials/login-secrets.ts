import type { SealedSecrets, StoredLogin } from '../../store/live/login-store.ts';
import type { LoginSecrets } from './login-row.ts';
import type { SealedPlace, Sealer } from './sealer.ts';

const placeOf = (emailAddress: string, column: 'secret' | 'client_secret'): SealedPlace => ({
  purpose: 'login',
  emailAddress,
  column,
});

/** The secrets of a stored login, or undefined where they cannot be decrypted. */
export function openSecrets(sealer: Sealer, { emailAddress, sealed }: StoredLogin): LoginSecrets | undefined {
  const { keyId } = sealed;
  const secret = sealer.unseal(placeOf(emailAddress, 'secret'), { keyId, bytes: sealed.secret });
  const clientSecret = sealer.unseal(placeOf(emailAddress, 'client_secret'), { keyId, bytes: sealed.clientSecret });
  return secret === undefined || clientSecret === undefined ? undefined : { secret, clientSecret };
}

/** The secrets of a login encrypted with the present key. */
export function sealSecrets(
  sealer: Sealer,
  emailAddress: string,
  { secret, clientSecret }: LoginSecrets,
): SealedSecrets {
  const sealed = sealer.seal(placeOf(emailAddress, 'secret'), secret);
  const sealedClient = sealer.seal(placeOf(emailAddress, 'client_secret'), clientSecret);
  return { keyId: sealed.keyId, secret: sealed.bytes, clientSecret: sealedClient.bytes };
}
