import { bytesOf, textOf, type Row } from '../../store/columns.ts';
import type { Database } from '../../store/sqlite/database.ts';
import type { LoginSecrets } from './login-row.ts';
import type { SealedPlace, Sealer } from './sealer.ts';

const placeOf = (emailAddress: string, column: 'secret' | 'client_secret'): SealedPlace => ({
  purpose: 'login',
  emailAddress,
  column,
});

/** The secrets of a row of the table `login`, or undefined where they cannot be decrypted. */
export function readSecrets(sealer: Sealer, row: Row): LoginSecrets | undefined {
  const emailAddress = textOf(row, 'email_address');
  const keyId = textOf(row, 'key_id');
  const open = (column: 'secret' | 'client_secret') =>
    sealer.unseal(placeOf(emailAddress, column), { keyId, bytes: bytesOf(row, column) });
  const [secret, clientSecret] = [open('secret'), open('client_secret')];
  return secret === undefined || clientSecret === undefined ? undefined : { secret, clientSecret };
}

/** Puts the secrets of a login into its row, encrypted with the present key. */
export function writeSecrets(
  database: Database,
  sealer: Sealer,
  emailAddress: string,
  { secret, clientSecret }: LoginSecrets,
): void {
  const sealed = sealer.seal(placeOf(emailAddress, 'secret'), secret);
  const sealedClient = sealer.seal(placeOf(emailAddress, 'client_secret'), clientSecret);
  database.run(
    'UPDATE login SET key_id = ?, secret = ?, client_secret = ? WHERE email_address = ?',
    sealed.keyId,
    sealed.bytes,
    sealedClient.bytes,
    emailAddress,
  );
}
