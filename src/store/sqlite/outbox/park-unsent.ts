import { openDatabase } from '../open-database.ts';
import { outboxFormat } from './open-outbox-store.ts';

/**
 * Makes every message of a copied outbox that would leave by itself wait for a person's approval, who is told why by a warning:
 * whoever the copy was made of may have sent it since. Returns how many there are. No other program may use it.
 */
export function parkUnsent(file: string, warning: string, nowMs: number): number {
  const database = openDatabase(file, outboxFormat);
  try {
    return database.run(
      `UPDATE send SET state = 'parked', changed_ms = ?, held_until_ms = 0,
         facts = json_insert(facts, '$.warnings[#]', ?), progress = json_remove(progress, '$.isPromised')
       WHERE state IN ('waiting', 'drafting')`,
      nowMs,
      warning,
    );
  } finally {
    database.close();
  }
}
