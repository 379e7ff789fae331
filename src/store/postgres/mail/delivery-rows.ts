import { integerOf, textOf } from '../../columns.ts';
import type { DeliveryWriter } from '../../mail/delivery-rows.ts';
import type { Queries } from '../database.ts';

/** The rows of `mail_delivery` of one account. */
export function deliveryRows(queries: Queries, account: number): DeliveryWriter {
  return {
    async waiting(afterKey, limit) {
      const sql = 'SELECT * FROM mail_delivery WHERE account = $1 AND key > $2 ORDER BY key LIMIT $3';
      const rows = await queries.all(sql, account, afterKey, limit);
      return rows.map((row) => ({
        key: integerOf(row, 'key'),
        bytesKey: integerOf(row, 'bytes_key'),
        recipient: textOf(row, 'recipient'),
      }));
    },
    async count() {
      const row = await queries.get('SELECT count(*) AS total FROM mail_delivery WHERE account = $1', account);
      return row === undefined ? 0 : integerOf(row, 'total');
    },
    async add(bytesKey, recipients) {
      await queries.run(
        `INSERT INTO mail_delivery (account, bytes_key, recipient)
         SELECT $1, $2, recipient FROM unnest($3::text[]) WITH ORDINALITY AS r (recipient, place) ORDER BY place
         ON CONFLICT DO NOTHING`,
        account,
        bytesKey,
        recipients,
      );
    },
    async remove(key) {
      await queries.run('DELETE FROM mail_delivery WHERE account = $1 AND key = $2', account, key);
    },
  };
}
