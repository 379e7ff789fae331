import { integerOf, textOf } from '../../columns.ts';
import type { FreezeRows, SlotRows, TicketRows, UsageRows } from '../../live/budget-rows.ts';
import type { SqlQueries } from '../sql-database.ts';

/** The rows of `usage`. */
export function usageRows(queries: SqlQueries): UsageRows {
  return {
    async list(account) {
      const rows = await queries.all('SELECT tick, units FROM usage WHERE account = $1 ORDER BY tick', account);
      return rows.map((row) => ({ tick: integerOf(row, 'tick'), units: integerOf(row, 'units') }));
    },
    async book(account, tick, units) {
      await queries.run(
        `INSERT INTO usage (account, tick, units) VALUES ($1, $2, $3)
         ON CONFLICT (account, tick) DO UPDATE SET units = usage.units + excluded.units`,
        account,
        tick,
        units,
      );
    },
    async unbook(account, tick, units) {
      await queries.run('UPDATE usage SET units = units - $1 WHERE account = $2 AND tick = $3', units, account, tick);
    },
    async keepOnly(account, oldestTick, newestTick) {
      await queries.run(
        'DELETE FROM usage WHERE account = $1 AND (tick < $2 OR tick > $3)',
        account,
        oldestTick,
        newestTick,
      );
    },
  };
}

/** The rows of `slot`; `owner` is this process. */
export function slotRows(queries: SqlQueries, owner: string): SlotRows {
  return {
    async count(account) {
      const row = await queries.get(
        'SELECT CAST(coalesce(sum(count), 0) AS bigint) AS count FROM slot WHERE account = $1',
        account,
      );
      return row === undefined ? 0 : integerOf(row, 'count');
    },
    async take(account, count, untilMs) {
      const row = await queries.get(
        'INSERT INTO slot (account, owner, count, until_ms) VALUES ($1, $2, $3, $4) RETURNING id',
        account,
        owner,
        count,
        untilMs,
      );
      return row === undefined ? 0 : integerOf(row, 'id');
    },
    async free(id) {
      await queries.run('DELETE FROM slot WHERE id = $1 AND owner = $2', id, owner);
    },
    async freeEnded(account, nowMs) {
      await queries.run('DELETE FROM slot WHERE account = $1 AND until_ms <= $2', account, nowMs);
    },
    async owners(account) {
      const rows = await queries.all('SELECT DISTINCT owner FROM slot WHERE account = $1', account);
      return rows.map((row) => textOf(row, 'owner'));
    },
    async freeOf(account, other) {
      await queries.run('DELETE FROM slot WHERE account = $1 AND owner = $2', account, other);
    },
  };
}

/** The rows of `ticket`; `owner` is this process. */
export function ticketRows(queries: SqlQueries, owner: string): TicketRows {
  return {
    async put(account, { urgency, sinceMs, untilMs }) {
      await queries.run(
        `INSERT INTO ticket (account, owner, urgency, since_ms, until_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account, owner) DO UPDATE SET urgency = excluded.urgency, since_ms = excluded.since_ms,
           until_ms = excluded.until_ms`,
        account,
        owner,
        urgency,
        sinceMs,
        untilMs,
      );
    },
    async look(account, { urgency, sinceMs }, { afterMs, latestMs }) {
      const row = await queries.get(
        `SELECT sum(CASE WHEN owner = $2 THEN 1 END) AS own,
           sum(CASE WHEN owner <> $2 AND until_ms > $3 AND until_ms <= $4
             AND (urgency, since_ms, owner) < ($5, $6, $2) THEN 1 END) AS earlier
         FROM ticket WHERE account = $1`,
        account,
        owner,
        afterMs,
        latestMs,
        urgency,
        sinceMs,
      );
      return { hasEarlier: row?.earlier !== null, isWaiting: row?.own !== null };
    },
    async remove(account) {
      await queries.run('DELETE FROM ticket WHERE account = $1 AND owner = $2', account, owner);
    },
    async removeEnded(account, nowMs) {
      await queries.run('DELETE FROM ticket WHERE account = $1 AND until_ms <= $2', account, nowMs);
    },
  };
}

/** Methods that are frozen by themselves have rows of their own; an address holds no space. */
function freezeName(account: string, methodId?: string): string {
  return methodId === undefined ? account : `${account} ${methodId}`;
}

/** The rows of `freeze`, which is a word of PostgreSQL's own. */
export function freezeRows(queries: SqlQueries): FreezeRows {
  return {
    async find(account, methodId) {
      const sql = 'SELECT set_ms, until_ms, consecutive, reason FROM "freeze" WHERE account = $1';
      const row = await queries.get(sql, freezeName(account, methodId));
      if (row === undefined) return undefined;
      return {
        setMs: integerOf(row, 'set_ms'),
        untilMs: integerOf(row, 'until_ms'),
        consecutive: integerOf(row, 'consecutive'),
        reason: textOf(row, 'reason'),
      };
    },
    async put(account, { setMs, untilMs, consecutive, reason }, methodId) {
      await queries.run(
        `INSERT INTO "freeze" (account, set_ms, until_ms, consecutive, reason) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account) DO UPDATE SET set_ms = excluded.set_ms, until_ms = excluded.until_ms,
           consecutive = excluded.consecutive, reason = excluded.reason`,
        freezeName(account, methodId),
        setMs,
        untilMs,
        consecutive,
        reason,
      );
    },
    async endRow(account, beforeMs) {
      await queries.run(
        'UPDATE "freeze" SET consecutive = 0 WHERE account = $1 AND consecutive > 0 AND set_ms < $2',
        account,
        beforeMs,
      );
    },
  };
}
