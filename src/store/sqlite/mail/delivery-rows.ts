import type { DeliveryWriter } from '../../mail/delivery-rows.ts';
import { integerOf, textOf } from '../../columns.ts';
import type { Database } from '../database.ts';

/** The rows of `delivery`. */
export function openDeliveries(database: Database): DeliveryWriter {
  return {
    waiting: async (afterKey, limit) =>
      database.all('SELECT * FROM delivery WHERE key > ? ORDER BY key LIMIT ?', afterKey, limit).map((row) => ({
        key: integerOf(row, 'key'),
        bytesKey: integerOf(row, 'raw_key'),
        recipient: textOf(row, 'recipient'),
      })),
    async count() {
      const row = database.get('SELECT count(*) AS total FROM delivery');
      return row === undefined ? 0 : integerOf(row, 'total');
    },
    async add(bytesKey, recipients) {
      const sql = 'INSERT INTO delivery (raw_key, recipient) VALUES (?, ?) ON CONFLICT DO NOTHING';
      for (const recipient of recipients) database.run(sql, bytesKey, recipient);
    },
    async remove(key) {
      database.run('DELETE FROM delivery WHERE key = ?', key);
    },
  };
}
