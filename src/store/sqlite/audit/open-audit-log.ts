import type { AuditWriter } from '../../audit/audit-log.ts';
import { integerOf, textOf } from '../../columns.ts';
import type { SharedAuditLog } from '../../sql/audit/create-audit-log.ts';
import { createAuditLog } from '../../sql/audit/create-audit-log.ts';
import type { AuditHead } from './audit-head.ts';
import { openDatabase, type DatabaseFormat } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';

/** `data/audit.db`. */
export const auditFormat: DatabaseFormat = {
  applicationId: 0x676d_6c61,
  migrations: [
    `CREATE TABLE entry (
       sequence INTEGER PRIMARY KEY AUTOINCREMENT,
       at_ms INTEGER NOT NULL,
       account TEXT NOT NULL,
       event TEXT NOT NULL CHECK (event IN ('begun', 'done', 'failed', 'unknown')),
       of INTEGER,
       door TEXT NOT NULL,
       token_name TEXT NOT NULL,
       request_id TEXT NOT NULL,
       operation TEXT NOT NULL,
       facts TEXT NOT NULL,
       hash TEXT NOT NULL
     );
     CREATE INDEX entry_by_beginning ON entry (of) WHERE of IS NOT NULL;
     CREATE INDEX entry_by_send ON entry (facts ->> '$.target.outboxId')
       WHERE event = 'begun' AND facts ->> '$.target.outboxId' IS NOT NULL;
     CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
     CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
     CREATE TABLE undo (
       sequence INTEGER PRIMARY KEY,
       account TEXT NOT NULL,
       token_name TEXT NOT NULL,
       at_ms INTEGER NOT NULL,
       inverse TEXT NOT NULL,
       is_undone INTEGER NOT NULL DEFAULT 0
     );`,
  ],
  synchronous: 'FULL',
  cacheKibibytes: 512,
};

/**
 * Opens the log in `file`, making it where there is none; its end is kept in `head`, too. Throws `UNAVAILABLE`: then nothing
 * may be changed.
 */
export function openSqliteAuditLog(file: string, now: () => number, head?: AuditHead): SharedAuditLog {
  const database = sqlOnSqlite(openDatabase(file, auditFormat));
  const log = createAuditLog(database, now);
  if (head === undefined) return log;

  const end = {
    async last() {
      const row = await database.get('SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1');
      return row === undefined ? undefined : { sequence: integerOf(row, 'sequence'), hash: textOf(row, 'hash') };
    },
    async hashOf(sequence: number) {
      const row = await database.get('SELECT hash FROM entry WHERE sequence = $1', sequence);
      return row === undefined ? undefined : textOf(row, 'hash');
    },
  };
  const keeping = (writer: AuditWriter): AuditWriter => ({
    ...writer,
    async begin(change) {
      const sequence = await writer.begin(change);
      await head.keep(end);
      return sequence;
    },
    async end(sequence, result) {
      await writer.end(sequence, result);
      await head.keep(end);
    },
  });
  return {
    ...log,
    ...keeping(log),
    within: (outer) => keeping(log.within(outer)),
    findBreak: async () => (await log.findBreak()) ?? (await head.findLoss(end)),
  };
}
