import { integerOf, textOf } from '../../columns.ts';
import type { FreezeRows, SlotRows, TicketRows, UsageRows } from '../../live/budget-rows.ts';
import type { Database } from '../database.ts';

/** The rows of `usage`. */
export function openUsage(database: Database): UsageRows {
  return {
    list: (account) =>
      database
        .all('SELECT tick, units FROM usage WHERE account = ? ORDER BY tick', account)
        .map((row) => ({ tick: integerOf(row, 'tick'), units: integerOf(row, 'units') })),
    book: (account, tick, units) =>
      void database.run(
        'INSERT INTO usage VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET units = units + ?3',
        account,
        tick,
        units,
      ),
    unbook: (account, tick, units) =>
      void database.run('UPDATE usage SET units = units - ? WHERE account = ? AND tick = ?', units, account, tick),
    keepOnly: (account, oldestTick, newestTick) =>
      void database.run(
        'DELETE FROM usage WHERE account = ? AND (tick < ? OR tick > ?)',
        account,
        oldestTick,
        newestTick,
      ),
  };
}

/** The rows of `slot`; `owner` is this process. */
export function openSlots(database: Database, owner: string): SlotRows {
  return {
    count(account) {
      const row = database.get('SELECT coalesce(sum(count), 0) AS count FROM slot WHERE account = ?', account);
      return row === undefined ? 0 : integerOf(row, 'count');
    },
    take(account, count, untilMs) {
      const row = database.get(
        'INSERT INTO slot (account, owner, count, until_ms) VALUES (?, ?, ?, ?) RETURNING id',
        account,
        owner,
        count,
        untilMs,
      );
      return row === undefined ? 0 : integerOf(row, 'id');
    },
    free: (id) => void database.run('DELETE FROM slot WHERE id = ? AND owner = ?', id, owner),
    freeEnded: (nowMs) => void database.run('DELETE FROM slot WHERE until_ms <= ?', nowMs),
    owners: (account) =>
      database.all('SELECT DISTINCT owner FROM slot WHERE account = ?', account).map((row) => textOf(row, 'owner')),
    freeOf: (other) => void database.run('DELETE FROM slot WHERE owner = ?', other),
  };
}

/** The rows of `ticket`; `owner` is this process. */
export function openTickets(database: Database, owner: string): TicketRows {
  return {
    put: (account, { urgency, sinceMs, untilMs }) =>
      void database.run(
        'INSERT OR REPLACE INTO ticket VALUES (?, ?, ?, ?, ?)',
        account,
        owner,
        urgency,
        sinceMs,
        untilMs,
      ),
    hasEarlier: (account, { urgency, sinceMs }, { afterMs, latestMs }) =>
      database.get(
        `SELECT owner FROM ticket WHERE account = ? AND owner <> ? AND until_ms > ? AND until_ms <= ?
           AND (urgency, since_ms, owner) < (?, ?, ?)`,
        account,
        owner,
        afterMs,
        latestMs,
        urgency,
        sinceMs,
        owner,
      ) !== undefined,
    remove: (account) => void database.run('DELETE FROM ticket WHERE account = ? AND owner = ?', account, owner),
    removeEnded: (nowMs) => void database.run('DELETE FROM ticket WHERE until_ms <= ?', nowMs),
  };
}

/** Methods that are frozen by themselves have rows of their own; an address holds no space. */
function freezeName(account: string, methodId?: string): string {
  return methodId === undefined ? account : `${account} ${methodId}`;
}

/** The rows of `freeze`. */
export function openFreezes(database: Database): FreezeRows {
  return {
    find(account, methodId) {
      const sql = 'SELECT set_ms, until_ms, consecutive, reason FROM freeze WHERE account = ?';
      const row = database.get(sql, freezeName(account, methodId));
      if (row === undefined) return undefined;
      return {
        setMs: integerOf(row, 'set_ms'),
        untilMs: integerOf(row, 'until_ms'),
        consecutive: integerOf(row, 'consecutive'),
        reason: textOf(row, 'reason'),
      };
    },
    put: (account, { setMs, untilMs, consecutive, reason }, methodId) =>
      void database.run(
        'INSERT OR REPLACE INTO freeze VALUES (?, ?, ?, ?, ?)',
        freezeName(account, methodId),
        setMs,
        untilMs,
        consecutive,
        reason,
      ),
    endRow: (account, beforeMs) =>
      void database.run(
        'UPDATE freeze SET consecutive = 0 WHERE account = ? AND consecutive > 0 AND set_ms < ?',
        account,
        beforeMs,
      ),
  };
}
