import { bytesOf, integerOf, textOf } from '../../columns.ts';
import type { AccessTokenRows } from '../../live/access-token-rows.ts';
import type { Database } from '../database.ts';

/** The rows of `access_token`. */
export function openAccessTokens(database: Database): AccessTokenRows {
  return {
    find(account) {
      const row = database.get('SELECT * FROM access_token WHERE account = ?', account);
      if (row === undefined) return undefined;
      return {
        loginGeneration: integerOf(row, 'login_generation'),
        generation: integerOf(row, 'generation'),
        sealed: { keyId: textOf(row, 'key_id'), bytes: bytesOf(row, 'sealed') },
        receivedMs: integerOf(row, 'received_ms'),
        expiresMs: integerOf(row, 'expires_ms'),
      };
    },
    put: (account, { loginGeneration, generation, sealed, receivedMs, expiresMs }) =>
      void database.run(
        'INSERT OR REPLACE INTO access_token VALUES (?, ?, ?, ?, ?, ?, ?)',
        account,
        loginGeneration,
        generation,
        sealed.keyId,
        sealed.bytes,
        receivedMs,
        expiresMs,
      ),
    expire: (account, generation) =>
      void database.run(
        'UPDATE access_token SET expires_ms = 0 WHERE account = ? AND generation = ?',
        account,
        generation,
      ),
    remove: (account) => void database.run('DELETE FROM access_token WHERE account = ?', account),
  };
}
