import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { integerOf, textOf, type Row } from '../../store/columns.ts';
import type { Configuration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { openSharedState } from '../channel/shared-state.ts';
import type { AccountInfo, Credential, CredentialStore } from '../credential.ts';
import { credentialFormat } from './credential-format.ts';
import { keyFileOf, openFileKeyStore } from '../../core/keys/file-key-store.ts';
import { openKeyRing } from '../../core/keys/key-ring.ts';
import { loginCommand } from './login-command.ts';
import { accountInfoOf, columnsOf, credentialOf } from './login-row.ts';
import { readSecrets, writeSecrets } from './login-secrets.ts';
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
  const database = openDatabase(join(folder, 'accounts.db'), credentialFormat);
  // What is removed is overwritten, not only marked as free.
  database.execute('PRAGMA secure_delete = ON');

  let isExclusive = false;
  const exclusively = <T>(work: () => T): T => {
    if (isExclusive) return work();
    return database.write(() => {
      isExclusive = true;
      try {
        return work();
      } finally {
        isExclusive = false;
      }
    });
  };
  const keys = openKeyRing(
    keyStore === 'file' ? openFileKeyStore(keyFileOf(dataFolder, keyFile)) : openSystemKeyring(folder),
    exclusively,
  );
  const sealer = createSealer(keys);

  const rowOf = (emailAddress: string): Row | undefined =>
    database.get('SELECT * FROM login WHERE email_address = ?', emailAddress);

  const knownRow = (emailAddress: string): Row => {
    const row = rowOf(emailAddress);
    if (row !== undefined) return row;
    throw new AppError('NOT_FOUND', `There is no stored login of ${emailAddress}.`, {
      field: 'account',
      got: emailAddress,
      // What was asked for may be a word of a mail: a hint is ours.
      hint: `Run: ${loginCommand('ADDRESS')}. \`gmail-llm accounts\` lists the stored ones.`,
    });
  };

  const read: CredentialStore['read'] = (emailAddress) => {
    const address = emailAddress.toLowerCase();
    let row = knownRow(address);
    let secrets = readSecrets(sealer, row);
    if (secrets === undefined) {
      // A rotation may have ended between the row and the key.
      row = knownRow(address);
      secrets = readSecrets(sealer, row);
    }
    if (secrets !== undefined) {
      return { credential: credentialOf(row, secrets), generation: integerOf(row, 'generation') };
    }
    throw new AppError('REAUTH_REQUIRED', `The stored login of ${address} cannot be decrypted: its key is gone.`, {
      expected: `key ${textOf(row, 'key_id')} in ${keyStore === 'file' ? join(folder, 'key') : 'the system keyring'}`,
      hint: `Set GMAIL_KEY_STORE to what it was at the login, restore the key, or run: ${loginCommand(address)}`,
    });
  };

  /** Reads a login back after it was written: a secret that only seems stored costs its owner another login. */
  const check = (expected: Credential, generation: number): void => {
    const stored = read(expected.emailAddress);
    const isOvertaken = stored.generation !== generation;
    if (isOvertaken || isDeepStrictEqual(columnsOf(stored.credential), columnsOf(expected))) return;
    throw new AppError('UNAVAILABLE', `The login of ${expected.emailAddress} was stored, but reads back differently.`, {
      hint: 'Check the disk, then log in again.',
    });
  };

  return {
    list: () => database.all('SELECT * FROM login ORDER BY email_address').map(accountInfoOf),
    info(emailAddress) {
      const row = rowOf(emailAddress.toLowerCase());
      return row === undefined ? undefined : accountInfoOf(row);
    },
    read,
    save(given) {
      const credential = { ...given, emailAddress: given.emailAddress.toLowerCase() };
      const { client, scopes, refreshTokenExpiresMs, ...secrets } = columnsOf(credential);
      const { emailAddress, kind, createdMs } = credential;
      const generation = exclusively(() => {
        // A key that another process has put aside since must not encrypt this login.
        keys.reload();
        database.run(
          `INSERT INTO login SELECT ?1, ?2, ?3, ?4, ?5, ?6, value, NULL, '', x'', x'' FROM first_generation WHERE true
           ON CONFLICT (email_address) DO UPDATE SET kind = ?2, client = ?3, scopes = ?4, created_ms = ?5,
             refresh_token_expires_ms = ?6, generation = generation + 1, reauth_reason = NULL`,
          emailAddress,
          kind,
          client,
          scopes,
          createdMs,
          refreshTokenExpiresMs,
        );
        writeSecrets(database, sealer, emailAddress, secrets);
        return integerOf(knownRow(emailAddress), 'generation');
      });
      check(credential, generation);
      return accountInfoOf(knownRow(emailAddress));
    },
    replaceRefreshToken(emailAddress, generation, refreshToken) {
      return exclusively(() => {
        keys.reload();
        const row = rowOf(emailAddress);
        if (row === undefined || integerOf(row, 'generation') !== generation) return false;
        const secrets = readSecrets(sealer, row);
        if (secrets === undefined) return false;
        writeSecrets(database, sealer, emailAddress, { ...secrets, secret: refreshToken });
        return true;
      });
    },
    markReauth: (emailAddress, generation, reason) =>
      database.run(
        'UPDATE login SET reauth_reason = ? WHERE email_address = ? AND generation = ? AND reauth_reason IS NULL',
        reason,
        emailAddress.toLowerCase(),
        generation,
      ) > 0,
    remove(emailAddress) {
      const address = emailAddress.toLowerCase();
      exclusively(() => {
        const { generation } = accountInfoOf(knownRow(address));
        database.run('UPDATE first_generation SET value = max(value, ? + 1)', generation);
        database.run('DELETE FROM login WHERE email_address = ?', address);
      });
      database.execute('PRAGMA wal_checkpoint(TRUNCATE)');
      const state = openSharedState(dataFolder);
      state.forget(address);
      state.close();
    },
    rotateKey() {
      exclusively(() => {
        const readable = database.all('SELECT * FROM login').map((row) => ({ row, secrets: readSecrets(sealer, row) }));
        keys.add();
        for (const { row, secrets } of readable) {
          if (secrets !== undefined) writeSecrets(database, sealer, textOf(row, 'email_address'), secrets);
        }
      });
      exclusively(() => {
        keys.reload();
        keys.keepOnly(keys.currentId());
      });
      // What was encrypted with the old key must not lie in the log of changes either.
      database.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    sealAccessToken: (emailAddress, accessToken) => sealer.seal(accessTokenPlace(emailAddress), accessToken),
    unsealAccessToken: (emailAddress, sealed) => sealer.unseal(accessTokenPlace(emailAddress), sealed),
    cacheKey(emailAddress) {
      const key = keys.derive(keys.currentId(), 'message-cache', emailAddress.toLowerCase());
      if (key === undefined) throw new AppError('UNAVAILABLE', 'The key of the message cache was changed just now.');
      return key;
    },
    close: () => database.close(),
  };
}
