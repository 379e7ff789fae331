import { bytesOf, integerOf, textOf } from '../../columns.ts';
import type { AccessTokenRows } from '../../live/access-token-rows.ts';
import type { SqlQueries } from '../sql-database.ts';

/** The rows of `access_token`. */
export function accessTokenRows(queries: SqlQueries): AccessTokenRows {
  return {
    async find(account) {
      const row = await queries.get('SELECT * FROM access_token WHERE account = $1', account);
      if (row === undefined) return undefined;
      return {
        loginGeneration: integerOf(row, 'login_generation'),
        generation: integerOf(row, 'generation'),
        sealed: { keyId: textOf(row, 'key_id'), bytes: bytesOf(row, 'sealed') },
        receivedMs: integerOf(row, 'received_ms'),
        expiresMs: integerOf(row, 'expires_ms'),
      };
    },
    async put(account, { loginGeneration, generation, sealed, receivedMs, expiresMs }) {
      await queries.run(
        `INSERT INTO access_token (account, login_generation, generation, key_id, sealed, received_ms, expires_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (account) DO UPDATE SET login_generation = excluded.login_generation,
           generation = excluded.generation, key_id = excluded.key_id, sealed = excluded.sealed,
           received_ms = excluded.received_ms, expires_ms = excluded.expires_ms`,
        account,
        loginGeneration,
        generation,
        sealed.keyId,
        sealed.bytes,
        receivedMs,
        expiresMs,
      );
    },
    async expire(account, generation) {
      await queries.run(
        'UPDATE access_token SET expires_ms = 0 WHERE account = $1 AND generation = $2',
        account,
        generation,
      );
    },
    async remove(account) {
      await queries.run('DELETE FROM access_token WHERE account = $1', account);
    },
  };
}
