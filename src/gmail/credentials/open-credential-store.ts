import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import type { Configuration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import type { LoginRows, StoredLogin } from '../../store/live/login-store.ts';
import { openSqliteLoginStore } from '../../store/sqlite/live/open-login-store.ts';
import { openSharedState } from '../channel/shared-state.ts';
import type { AccountInfo, Credential, CredentialStore } from '../credential.ts';
import { keyFileOf, openFileKeyStore } from '../../core/keys/file-key-store.ts';
import { openKeyRing } from '../../core/keys/key-ring.ts';
import { loginCommand } from './login-command.ts';
import { accountInfoOf, credentialOf, partsOf } from './login-row.ts';
import { openSecrets, sealSecrets } from './login-secrets.ts';
import { createSealer, type Sealed } from './sealer.ts';
import { openSystemKeyring } from './system-keyring.ts';

/** A credential store with what the channel and the message cache need of its keys. */
export interface KeyedCredentialStore extends CredentialStore {
  /** What may be shown of one login, or undefined where there is none; needs no key. */
  info(emailAddress: string): AccountInfo | undefined;
  /**
   * Puts the refresh token that Google gave in place of the login's own, within its generation. Answers false, and
   * changes nothing, where another login has come since.
   */
  replaceRefreshToken(emailAddress: string, generation: number, refreshToken: string): boolean;
  /** Encrypts an access token of an account, to be kept elsewhere. */
  sealAccessToken(emailAddress: string, accessToken: string): Sealed;
  /** The token that was sealed, or undefined where its key is gone or it was changed. */
  unsealAccessToken(emailAddress: string, sealed: Sealed): string | undefined;
  /**
   * The key (32 bytes) for mail of an account kept on disk. It is another one after {@link rotateKey}: what was kept
   * before can no longer be read.
   */
  cacheKey(emailAddress: string): Uint8Array;
}

/** The folder of the live backend in `data`. */
export const gmailFolderName = 'gmail';

const accessTokenPlace = (emailAddress: string) =>
  ({ purpose: 'access-token', emailAddress, column: 'sealed' }) as const;

/**
 * Opens the logins of a home, `data/gmail/accounts.db`; the key that encrypts them is `data/gmail/key`, in `keyFile`, or in the
 * system's keyring. Nothing asks for the key before a secret is read or written. Throws `UNAVAILABLE`.
 */
export function openCredentialStore(
  dataFolder: string,
  { keyStore, keyFile }: Pick<Configuration, 'keyStore' | 'keyFile'>,
): KeyedCredentialStore {
  const folder = join(dataFolder, gmailFolderName);
  const logins = openSqliteLoginStore(join(folder, 'accounts.db'));
  const keys = openKeyRing(
    keyStore === 'file' ? openFileKeyStore(keyFileOf(dataFolder, keyFile)) : openSystemKeyring(folder),
    (work) => logins.write(work),
  );
  const sealer = createSealer(keys);

  const known = (emailAddress: string, rows: Pick<LoginRows, 'find'> = logins): StoredLogin => {
    const login = rows.find(emailAddress);
    if (login !== undefined) return login;
    throw new AppError('NOT_FOUND', `There is no stored login of ${emailAddress}.`, {
      field: 'account',
      got: emailAddress,
      // What was asked for may be a word of a mail: a hint is ours.
      hint: `Run: ${loginCommand('ADDRESS')}. \`gmail-llm accounts\` lists the stored ones.`,
    });
  };

  const read: CredentialStore['read'] = (emailAddress) => {
    const address = emailAddress.toLowerCase();
    let login = known(address);
    let secrets = openSecrets(sealer, login);
    if (secrets === undefined) {
      // A rotation may have ended between the row and the key.
      login = known(address);
      secrets = openSecrets(sealer, login);
    }
    if (secrets !== undefined) {
      return { credential: credentialOf(login, secrets), generation: login.generation };
    }
    throw new AppError('REAUTH_REQUIRED', `The stored login of ${address} cannot be decrypted: its key is gone.`, {
      expected: `key ${login.sealed.keyId} in ${keyStore === 'file' ? join(folder, 'key') : 'the system keyring'}`,
      hint: `Set GMAIL_KEY_STORE to what it was at the login, restore the key, or run: ${loginCommand(address)}`,
    });
  };

  /** Reads a login back after it was written: a secret that only seems stored costs its owner another login. */
  const check = (expected: Credential, generation: number): void => {
    const stored = read(expected.emailAddress);
    const isOvertaken = stored.generation !== generation;
    if (isOvertaken || isDeepStrictEqual(partsOf(stored.credential), partsOf(expected))) return;
    throw new AppError('UNAVAILABLE', `The login of ${expected.emailAddress} was stored, but reads back differently.`, {
      hint: 'Check the disk, then log in again.',
    });
  };

  return {
    list: () => logins.list().map(accountInfoOf),
    info(emailAddress) {
      const login = logins.find(emailAddress.toLowerCase());
      return login === undefined ? undefined : accountInfoOf(login);
    },
    read,
    save(given) {
      const credential = { ...given, emailAddress: given.emailAddress.toLowerCase() };
      const { client, scopes, refreshTokenExpiresMs, ...secrets } = partsOf(credential);
      const { emailAddress, kind, createdMs } = credential;
      const generation = logins.write((rows) => {
        // A key that another process has put aside since must not encrypt this login.
        keys.reload();
        const sealed = sealSecrets(sealer, emailAddress, secrets);
        return rows.put({ emailAddress, kind, client, scopes, createdMs, refreshTokenExpiresMs, sealed });
      });
      check(credential, generation);
      return accountInfoOf(known(emailAddress));
    },
    replaceRefreshToken: (emailAddress, generation, refreshToken) =>
      logins.write((rows) => {
        keys.reload();
        const login = rows.find(emailAddress);
        if (login === undefined || login.generation !== generation) return false;
        const secrets = openSecrets(sealer, login);
        if (secrets === undefined) return false;
        rows.putSecrets(emailAddress, sealSecrets(sealer, emailAddress, { ...secrets, secret: refreshToken }));
        return true;
      }),
    markReauth: (emailAddress, generation, reason) => logins.markReauth(emailAddress.toLowerCase(), generation, reason),
    remove(emailAddress) {
      const address = emailAddress.toLowerCase();
      logins.write((rows) => rows.remove(known(address, rows)));
      logins.purge();
      const state = openSharedState(dataFolder);
      state.accessTokens.remove(address);
      state.close();
    },
    rotateKey() {
      logins.write((rows) => {
        const readable = rows.list().map((login) => ({ login, secrets: openSecrets(sealer, login) }));
        keys.add();
        for (const { login, secrets } of readable) {
          if (secrets === undefined) continue;
          rows.putSecrets(login.emailAddress, sealSecrets(sealer, login.emailAddress, secrets));
        }
      });
      logins.write(() => {
        keys.reload();
        keys.keepOnly(keys.currentId());
      });
      // What was encrypted with the old key must not lie in the log of changes either.
      logins.purge();
    },
    sealAccessToken: (emailAddress, accessToken) => sealer.seal(accessTokenPlace(emailAddress), accessToken),
    unsealAccessToken: (emailAddress, sealed) => sealer.unseal(accessTokenPlace(emailAddress), sealed),
    cacheKey(emailAddress) {
      const key = keys.derive(keys.currentId(), 'message-cache', emailAddress.toLowerCase());
      if (key === undefined) throw new AppError('UNAVAILABLE', 'The key of the message cache was changed just now.');
      return key;
    },
    close: () => logins.close(),
  };
}
