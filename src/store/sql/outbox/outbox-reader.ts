import { zstdDecompressSync } from 'node:zlib';
import { bytesOf, integerOf, textOf } from '../../columns.ts';
import { entryOf, type OutboxEntry } from '../../outbox/outbox-entry.ts';
import { holdMs, type OutboxReader } from '../../outbox/outbox-store.ts';
import { sendStates } from '../../outbox/send-states.ts';
import type { SqlDialect, SqlQueries } from '../sql-database.ts';

/** A hold that ends later than any can was written under a clock that has been put back since. `$1` is now. */
export const isFree = `(held_until_ms <= $1 OR held_until_ms > CAST($1 AS bigint) + ${holdMs})`;

/** What {@link entryOf} reads: never the message's bytes, which may be megabytes. */
export const entryColumns = `id, account, key, content_hash, state, created_ms, changed_ms, sends_at_ms, operation, actor, facts,
  thread_id, is_callers_draft, is_unaudited, progress`;

/** Makes the reading half of an outbox's store. */
export function outboxReader(queries: SqlQueries, dialect: SqlDialect, now: () => number): OutboxReader {
  const draftOf = dialect.jsonText('progress', 'draftId');
  const resultOf = dialect.jsonText('progress', 'result', 'id');

  const first = async (sql: string, ...values: readonly (string | number)[]): Promise<OutboxEntry | undefined> => {
    const row = await queries.get(sql, ...values);
    return row === undefined ? undefined : entryOf(row);
  };
  const isThere = async (sql: string, ...values: readonly string[]) =>
    (await queries.get(sql, ...values)) !== undefined;

  return {
    get: (id) => first(`SELECT ${entryColumns} FROM send WHERE id = $1`, id),
    findByKey(account, key, keyMs) {
      const sql = `SELECT ${entryColumns} FROM send WHERE account = $1 AND key = $2 AND created_ms > $3`;
      // A key may stand for ever.
      return first(sql, account, key, Math.max(0, now() - keyMs));
    },
    async countSentSince(account, sinceMs, exceptId = '') {
      const row = await queries.get(
        `SELECT count(*) AS total FROM send WHERE account = $1 AND counted_ms > $2 AND id <> $3
         AND state NOT IN ('failed', 'rejected', 'cancelled')`,
        account,
        sinceMs,
        exceptId,
      );
      return row === undefined ? 0 : integerOf(row, 'total');
    },
    async raw(id) {
      const row = await queries.get('SELECT raw FROM send WHERE id = $1 AND raw IS NOT NULL', id);
      return row === undefined ? undefined : zstdDecompressSync(bytesOf(row, 'raw'));
    },
    async list({ states = sendStates, account, before, limit }) {
      if (states.length === 0) return [];
      const inOrder = 'ORDER BY created_ms DESC, id DESC LIMIT $4';
      // State by state, as the index has them: sorting all of them would read them all.
      const ofStates = states.map(
        (_, index) => `SELECT * FROM (SELECT ${entryColumns} FROM send
          WHERE state = $${index + 5} AND (CAST($1 AS text) IS NULL OR account = $1) AND (created_ms, id) < ($2, $3)
          ${inOrder}) AS of_state`,
      );
      const { createdMs, id } = before ?? { createdMs: Number.MAX_SAFE_INTEGER, id: '' };
      const sql = `${ofStates.join(' UNION ALL ')} ${inOrder}`;
      return (await queries.all(sql, account ?? null, createdMs, id, limit, ...states)).map(entryOf);
    },
    async count(account) {
      const rows = await queries.all(
        `SELECT state, count(*) AS total FROM send WHERE CAST($1 AS text) IS NULL OR account = $1 GROUP BY state`,
        account ?? null,
      );
      return Object.fromEntries(rows.map((row) => [textOf(row, 'state'), integerOf(row, 'total')]));
    },
    async listToDo() {
      const rows = await queries.all(
        `SELECT ${entryColumns} FROM send
         WHERE (state IN ('waiting', 'drafting', 'sending', 'unknown') OR ${dialect.flag('is_unaudited')}) AND ${isFree}
         ORDER BY created_ms`,
        now(),
      );
      return rows.map(entryOf);
    },
    isResultOfOther: ({ id, account }, messageId) =>
      isThere(
        `SELECT 1 FROM send WHERE state = 'sent' AND account = $1 AND id <> $2 AND ${resultOf} = $3`,
        account,
        id,
        messageId,
      ),
    isDraftSentByOther: ({ id, account, progress: { draftId = '' } }) =>
      isThere(
        `SELECT 1 FROM send WHERE state = 'sent' AND account = $1 AND id <> $2 AND ${draftOf} = $3`,
        account,
        id,
        draftId,
      ),
    isDraftInWork: (account, draftId) =>
      isThere(
        `SELECT 1 FROM send WHERE state IN ('drafting', 'sending', 'unknown') AND account = $1 AND ${draftOf} = $2`,
        account,
        draftId,
      ),
  };
}
