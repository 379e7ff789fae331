import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../core/errors.ts';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import type { LoginRows, LoginStore, StoredLogin } from '../../store/live/login-store.ts';
import type { Credential, CredentialStore, KeyedCredentialStore } from '../credential.ts';
import { loginCommand } from './login-command.ts';
import { accountInfoOf, credentialOf, partsOf } from './login-row.ts';
import { openSecrets, sealSecrets } from './login-secrets.ts';
import { createSealer } from './sealer.ts';

const accessTokenPlace = (emailAddress: string) =>
  ({ purpose: 'access-token', emailAddress, column: 'sealed' }) as const;

/** The logins of a store, encrypted with `keys`. Nothing asks for a key before a secret is read or written. */
export function createCredentialStore(parts: {
  readonly logins: LoginStore;
  readonly keys: KeyRing;
  /** Where the keys are, for people. */
  readonly keyPlace: string;
  readonly forgetAccessToken: (emailAddress: string) => Promise<void>;
}): KeyedCredentialStore {
  const { logins, keys, keyPlace, forgetAccessToken } = parts;
  const sealer = createSealer(keys);

  const known = async (emailAddress: string, rows: Pick<LoginRows, 'find'> = logins): Promise<StoredLogin> => {
    const login = await rows.find(emailAddress);
    if (login !== undefined) return login;
    throw new AppError('NOT_FOUND', `There is no stored login of ${emailAddress}.`, {
      field: 'account',
      got: emailAddress,
      // What was asked for may be a word of a mail: a hint is ours.
      hint: `Run: ${loginCommand('ADDRESS')}. \`gmail-llm accounts\` lists the stored ones.`,
    });
  };

  const read: CredentialStore['read'] = async (emailAddress) => {
    const address = emailAddress.toLowerCase();
    let login = await known(address);
    let secrets = openSecrets(sealer, login);
    if (secrets === undefined) {
      // A rotation may have ended between the row and the key.
      login = await known(address);
      secrets = openSecrets(sealer, login);
    }
    if (secrets !== undefined) {
      return { credential: credentialOf(login, secrets), generation: login.generation };
    }
    throw new AppError('REAUTH_REQUIRED', `The stored login of ${address} cannot be decrypted: its key is gone.`, {
      expected: `key ${login.sealed.keyId} in ${keyPlace}`,
      hint: `Set GMAIL_KEY_STORE to what it was at the login, restore the key, or run: ${loginCommand(address)}`,
    });
  };

  /** Reads a login back after it was written: a secret that only seems stored costs its owner another login. */
  const check = async (expected: Credential, generation: number): Promise<void> => {
    const stored = await read(expected.emailAddress);
    const isOvertaken = stored.generation !== generation;
    if (isOvertaken || isDeepStrictEqual(partsOf(stored.credential), partsOf(expected))) return;
    throw new AppError('UNAVAILABLE', `The login of ${expected.emailAddress} was stored, but reads back differently.`, {
      hint: 'Check the disk, then log in again.',
    });
  };

  const encryptAll = async (rows: LoginRows): Promise<void> => {
    for (const login of await rows.list()) {
      const secrets = openSecrets(sealer, login);
      if (secrets === undefined) continue;
      await rows.putSecrets(login.emailAddress, sealSecrets(sealer, login.emailAddress, secrets));
    }
  };

  /** One process at a time makes the first key. */
  const makeKey = async (): Promise<void> => {
    if (!keys.hasKey()) await logins.write(async () => void keys.currentId());
  };

  return {
    list: async () => (await logins.list()).map(accountInfoOf),
    async info(emailAddress) {
      const login = await logins.find(emailAddress.toLowerCase());
      return login === undefined ? undefined : accountInfoOf(login);
    },
    read,
    async save(given) {
      const credential = { ...given, emailAddress: given.emailAddress.toLowerCase() };
      const { client, scopes, refreshTokenExpiresMs, ...secrets } = partsOf(credential);
      const { emailAddress, kind, createdMs } = credential;
      const generation = await logins.write(async (rows) => {
        // A key that another process has put aside since must not encrypt this login.
        keys.reload();
        const sealed = sealSecrets(sealer, emailAddress, secrets);
        return rows.put({ emailAddress, kind, client, scopes, createdMs, refreshTokenExpiresMs, sealed });
      });
      await check(credential, generation);
      return accountInfoOf(await known(emailAddress));
    },
    replaceRefreshToken: (emailAddress, generation, refreshToken) =>
      logins.write(async (rows) => {
        keys.reload();
        const login = await rows.find(emailAddress);
        if (login === undefined || login.generation !== generation) return false;
        const secrets = openSecrets(sealer, login);
        if (secrets === undefined) return false;
        await rows.putSecrets(emailAddress, sealSecrets(sealer, emailAddress, { ...secrets, secret: refreshToken }));
        return true;
      }),
    markReauth: (emailAddress, generation, reason) => logins.markReauth(emailAddress.toLowerCase(), generation, reason),
    async remove(emailAddress) {
      const address = emailAddress.toLowerCase();
      await logins.write(async (rows) => rows.remove(await known(address, rows)));
      await logins.purge();
      await forgetAccessToken(address);
    },
    async rotateKey() {
      await logins.write(async (rows) => {
        keys.add();
        await encryptAll(rows);
      });
      await logins.write(async () => {
        keys.reload();
        keys.keepOnly(keys.currentId());
      });
      // What was encrypted with the old key must not lie in the log of changes either.
      await logins.purge();
    },
    async encryptAgain() {
      await logins.write(async (rows) => {
        keys.reload();
        await encryptAll(rows);
      });
      await logins.purge();
    },
    async sealAccessToken(emailAddress, accessToken) {
      await makeKey();
      return sealer.seal(accessTokenPlace(emailAddress), accessToken);
    },
    unsealAccessToken: (emailAddress, sealed) => sealer.unseal(accessTokenPlace(emailAddress), sealed),
    async cacheKey(emailAddress) {
      await makeKey();
      const key = keys.derive(keys.currentId(), 'message-cache', emailAddress.toLowerCase());
      if (key === undefined) throw new AppError('UNAVAILABLE', 'The key of the message cache was changed just now.');
      return key;
    },
    close: () => logins.close(),
  };
}
