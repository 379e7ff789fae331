import type { AuditLog, AuditWriter } from '../../audit/audit-log.ts';
import { integerOf, textOf } from '../../columns.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';
import { storableJson } from '../storable-json.ts';
import { append, entryOf, fieldsOf, findBreak } from './audit-chain.ts';

/** How long a change can be taken back. */
const undoableMs = 30 * 24 * 60 * 60 * 1000;

/** An audit log that others of the same home write to inside their own transactions. */
export interface SharedAuditLog extends AuditLog {
  /** What is written with it is part of the transaction of `outer`, where both are in one database. */
  within(outer: SqlQueries): AuditWriter;
}

type Write = <T>(work: (queries: SqlQueries) => Promise<T>) => Promise<T>;

/** The audit log whose rows are in `database`. */
export function createAuditLog(database: SqlDatabase, now: () => number): SharedAuditLog {
  const sendOf = database.dialect.jsonText('facts', 'target', 'outboxId');
  const begunForSend = `SELECT sequence FROM entry WHERE event = 'begun' AND ${sendOf} = $8`;
  const isOfSend = `AND (sequence IN (${begunForSend}) OR of IN (${begunForSend}))`;
  const methodOf = database.dialect.jsonText('facts', 'method');

  function writer(write: Write): AuditWriter {
    return {
      begin: ({ account, actor, operation, method, target, from }) => {
        const { transport, requestId, tokenName = '', client } = actor;
        const facts = storableJson({ method, target, from, client });
        const asked = { account, event: 'begun', of: null, transport, tokenName, requestId, operation, facts } as const;
        return write((queries) => append(queries, { ...asked, atMs: now() }));
      },
      end: (sequence, end) =>
        write(async (queries) => {
          const begun = await queries.get('SELECT * FROM entry WHERE sequence = $1', sequence);
          if (begun === undefined) throw new Error(`the audit log has no entry ${sequence}`);
          const { account, transport, tokenName, requestId, operation } = fieldsOf(begun);
          const { kind: event, ...rest } = end;
          const { inverse, ...facts } = 'inverse' in rest ? rest : { ...rest, inverse: undefined };
          const actor = { account, transport, tokenName, requestId, operation };
          const atMs = now();
          await append(queries, { ...actor, atMs, event, of: sequence, facts: storableJson(facts) });
          await queries.run('DELETE FROM undo WHERE at_ms < $1', atMs - undoableMs);
          if (inverse === undefined) return;
          await queries.run(
            'INSERT INTO undo (sequence, account, token_name, at_ms, inverse) VALUES ($1, $2, $3, $4, $5)',
            sequence,
            account,
            tokenName,
            atMs,
            inverse,
          );
        }),
      listOpenSends: (outboxId) =>
        write(async (queries) => {
          const rows = await queries.all(
            `SELECT sequence FROM entry begun WHERE event = 'begun' AND ${sendOf} = $1
               AND ${methodOf} = 'sendDraft' AND NOT EXISTS (SELECT 1 FROM entry ended WHERE ended.of = begun.sequence)
             ORDER BY sequence`,
            outboxId,
          );
          return rows.map((row) => integerOf(row, 'sequence'));
        }),
    };
  }

  return {
    ...writer((work) => database.write(work)),
    within: (outer) => writer((work) => database.writeWithin(outer, work)),
    async list({ limit, account, tokenName, operation, sinceMs = 0, beforeSequence, requestId, outboxId }) {
      const rows = await database.all(
        `SELECT * FROM entry WHERE at_ms >= $1 AND (CAST($2 AS text) IS NULL OR account = $2)
         AND (CAST($3 AS text) IS NULL OR token_name = $3) AND (CAST($4 AS text) IS NULL OR operation = $4)
         AND (CAST($5 AS bigint) IS NULL OR sequence < $5) AND (CAST($7 AS text) IS NULL OR request_id = $7)
         ${outboxId === undefined ? '' : isOfSend} ORDER BY sequence DESC LIMIT $6`,
        sinceMs,
        account ?? null,
        tokenName ?? null,
        operation ?? null,
        beforeSequence ?? null,
        limit,
        requestId ?? null,
        ...(outboxId === undefined ? [] : [outboxId]),
      );
      return rows.map(entryOf);
    },
    findBreak: () => findBreak(database),
    async findUndoable({ account, tokenName, sequence }) {
      const row = await database.get(
        `SELECT undo.sequence, undo.at_ms, undo.inverse, entry.operation FROM undo JOIN entry USING (sequence)
         WHERE is_undone = 0 AND undo.account = $1 AND (CAST($2 AS text) IS NULL OR undo.token_name = $2)
         AND CASE WHEN CAST($3 AS bigint) IS NULL THEN entry.operation <> 'undo' ELSE undo.sequence = $3 END
         ORDER BY undo.sequence DESC LIMIT 1`,
        account,
        tokenName ?? null,
        sequence ?? null,
      );
      return row === undefined
        ? undefined
        : {
            sequence: integerOf(row, 'sequence'),
            at: new Date(integerOf(row, 'at_ms')).toISOString(),
            operation: textOf(row, 'operation'),
            inverse: textOf(row, 'inverse'),
          };
    },
    async newestChange({ account, tokenName }) {
      const row = await database.get(
        `SELECT entry.of, entry.operation FROM entry LEFT JOIN undo ON undo.sequence = entry.of
         WHERE entry.event IN ('done', 'unknown') AND coalesce(is_undone, 0) = 0 AND entry.operation <> 'undo'
         AND entry.account = $1 AND (CAST($2 AS text) IS NULL OR entry.token_name = $2)
         ORDER BY entry.of DESC LIMIT 1`,
        account,
        tokenName ?? null,
      );
      return row === undefined ? undefined : { sequence: integerOf(row, 'of'), operation: textOf(row, 'operation') };
    },
    markUndone: async (sequence) =>
      (await database.run('UPDATE undo SET is_undone = 1 WHERE sequence = $1 AND is_undone = 0', sequence)) === 1,
    markNotUndone: async (sequence) => {
      await database.run('UPDATE undo SET is_undone = 0 WHERE sequence = $1', sequence);
    },
    close: () => database.close(),
  };
}
