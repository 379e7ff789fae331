import { bytesOf, integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import type { LoginRows, LoginStore, StoredLogin } from '../../live/login-store.ts';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { loginFormat } from './login-format.ts';

/** Opens the logins in a file. Throws `UNAVAILABLE`. */
export function openSqliteLoginStore(file: string): LoginStore {
  const database = openDatabase(file, loginFormat);
  // What is removed is overwritten, not only marked as free.
  database.execute('PRAGMA secure_delete = ON');
  const rows = loginRows(database);
  return {
    list: () => rows.list(),
    find: (emailAddress) => rows.find(emailAddress),
    write: (work) => (database.isTransaction ? work(rows) : database.write(() => work(rows))),
    markReauth: (emailAddress, generation, reason) =>
      database.run(
        'UPDATE login SET reauth_reason = ? WHERE email_address = ? AND generation = ? AND reauth_reason IS NULL',
        reason,
        emailAddress,
        generation,
      ) > 0,
    // It may also be in the log of changes.
    purge: () => database.execute('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => database.close(),
  };
}

function loginRows(database: Database): LoginRows {
  return {
    list: () => database.all('SELECT * FROM login ORDER BY email_address').map(loginOf),
    find(emailAddress) {
      const row = database.get('SELECT * FROM login WHERE email_address = ?', emailAddress);
      return row === undefined ? undefined : loginOf(row);
    },
    put({ emailAddress, kind, client, scopes, createdMs, refreshTokenExpiresMs, sealed }) {
      const row = database.get(
        `INSERT INTO login SELECT ?1, ?2, ?3, ?4, ?5, ?6, value, NULL, ?7, ?8, ?9 FROM first_generation WHERE true
         ON CONFLICT (email_address) DO UPDATE SET kind = ?2, client = ?3, scopes = ?4, created_ms = ?5,
           refresh_token_expires_ms = ?6, generation = generation + 1, reauth_reason = NULL,
           key_id = ?7, secret = ?8, client_secret = ?9
         RETURNING generation`,
        emailAddress,
        kind,
        client,
        scopes,
        createdMs,
        refreshTokenExpiresMs ?? null,
        sealed.keyId,
        sealed.secret,
        sealed.clientSecret,
      );
      if (row === undefined) throw new Error('a login was stored without a generation');
      return integerOf(row, 'generation');
    },
    putSecrets: (emailAddress, { keyId, secret, clientSecret }) =>
      void database.run(
        'UPDATE login SET key_id = ?, secret = ?, client_secret = ? WHERE email_address = ?',
        keyId,
        secret,
        clientSecret,
        emailAddress,
      ),
    remove({ emailAddress, generation }) {
      database.run('UPDATE first_generation SET value = max(value, ? + 1)', generation);
      database.run('DELETE FROM login WHERE email_address = ?', emailAddress);
    },
  };
}

function loginOf(row: Row): StoredLogin {
  return {
    emailAddress: textOf(row, 'email_address'),
    kind: textOf(row, 'kind') === 'oauth' ? 'oauth' : 'serviceAccount',
    client: textOf(row, 'client'),
    scopes: textOf(row, 'scopes'),
    createdMs: integerOf(row, 'created_ms'),
    refreshTokenExpiresMs: optionalIntegerOf(row, 'refresh_token_expires_ms'),
    generation: integerOf(row, 'generation'),
    reauthReason: row.reauth_reason === null ? undefined : textOf(row, 'reauth_reason'),
    sealed: {
      keyId: textOf(row, 'key_id'),
      secret: bytesOf(row, 'secret'),
      clientSecret: bytesOf(row, 'client_secret'),
    },
  };
}
