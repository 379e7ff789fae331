import { bytesOf, integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import type { LoginRows, LoginStore, StoredLogin } from '../../live/login-store.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';

/** The logins whose rows are in `database`. `purge` overwrites what was removed, as far as the engine can. */
export function createLoginStore(database: SqlDatabase, purge: () => Promise<void>): LoginStore {
  const rows = loginRows(database);
  return {
    list: () => rows.list(),
    find: (emailAddress) => rows.find(emailAddress),
    write: (work) => database.write((queries) => work(loginRows(queries))),
    async markReauth(emailAddress, generation, reason) {
      const changed = await database.run(
        'UPDATE login SET reauth_reason = $1 WHERE email_address = $2 AND generation = $3 AND reauth_reason IS NULL',
        reason,
        emailAddress,
        generation,
      );
      return changed > 0;
    },
    purge,
    close: () => database.close(),
  };
}

function loginRows(queries: SqlQueries): LoginRows {
  return {
    async list() {
      const rows = await queries.all('SELECT * FROM login ORDER BY email_address');
      return rows.map(loginOf);
    },
    async find(emailAddress) {
      const row = await queries.get('SELECT * FROM login WHERE email_address = $1', emailAddress);
      return row === undefined ? undefined : loginOf(row);
    },
    async put({ emailAddress, kind, client, scopes, createdMs, refreshTokenExpiresMs, sealed }) {
      const row = await queries.get(
        `INSERT INTO login (email_address, kind, client, scopes, created_ms, refresh_token_expires_ms, generation,
           reauth_reason, key_id, secret, client_secret)
         VALUES ($1, $2, $3, $4, $5, $6, (SELECT value FROM first_generation), NULL, $7, $8, $9)
         ON CONFLICT (email_address) DO UPDATE SET kind = excluded.kind, client = excluded.client,
           scopes = excluded.scopes, created_ms = excluded.created_ms,
           refresh_token_expires_ms = excluded.refresh_token_expires_ms, generation = login.generation + 1,
           reauth_reason = NULL, key_id = excluded.key_id, secret = excluded.secret,
           client_secret = excluded.client_secret
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
    async putSecrets(emailAddress, { keyId, secret, clientSecret }) {
      await queries.run(
        'UPDATE login SET key_id = $1, secret = $2, client_secret = $3 WHERE email_address = $4',
        keyId,
        secret,
        clientSecret,
        emailAddress,
      );
    },
    async remove({ emailAddress, generation }) {
      await queries.run('UPDATE first_generation SET value = $1 WHERE value < $1', generation + 1);
      await queries.run('DELETE FROM login WHERE email_address = $1', emailAddress);
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
