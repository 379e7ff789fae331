import type { OutboxStore } from '../../outbox/outbox-store.ts';
import type { SharedAuditLog } from '../../sql/audit/create-audit-log.ts';
import { createOutboxStore } from '../../sql/outbox/create-outbox-store.ts';
import { openDatabase, type DatabaseFormat } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';

/** The outbox's file. A commit is on the disk before anything leaves that it speaks of. */
export const outboxFormat: DatabaseFormat = {
  applicationId: 0x676d_6c6f,
  migrations: [
    `CREATE TABLE send (
       id TEXT PRIMARY KEY,
       account TEXT NOT NULL,
       key TEXT,
       content_hash TEXT NOT NULL,
       state TEXT NOT NULL,
       created_ms INTEGER NOT NULL,
       changed_ms INTEGER NOT NULL,
       -- Where it stands in the limits by the hour and the day.
       counted_ms INTEGER NOT NULL,
       sends_at_ms INTEGER NOT NULL,
       operation TEXT NOT NULL,
       actor TEXT NOT NULL,
       facts TEXT NOT NULL,
       thread_id TEXT,
       is_callers_draft INTEGER NOT NULL,
       is_unaudited INTEGER NOT NULL DEFAULT 0,
       progress TEXT NOT NULL,
       raw BLOB,
       fence INTEGER NOT NULL DEFAULT 0,
       held_until_ms INTEGER NOT NULL DEFAULT 0
     );
     CREATE UNIQUE INDEX send_by_key ON send (account, key) WHERE key IS NOT NULL;
     CREATE INDEX send_by_count ON send (account, counted_ms);
     CREATE INDEX send_by_change ON send (changed_ms);
     CREATE INDEX send_by_result ON send (account, progress ->> '$.result.id') WHERE state = 'sent';
     CREATE INDEX send_by_draft ON send (account, progress ->> '$.draftId');
     CREATE INDEX send_to_do ON send (created_ms)
       WHERE state IN ('waiting', 'drafting', 'sending', 'unknown') OR is_unaudited;`,
    'CREATE INDEX send_by_state ON send (state, created_ms, id);',
  ],
  synchronous: 'FULL',
  cacheKibibytes: 512,
};

/**
 * Opens the outbox in `file`, making it where there is none, whose sends `audit` writes down. Throws `UNAVAILABLE`: then
 * nothing may be sent.
 */
export function openSqliteOutbox(file: string, audit: () => SharedAuditLog, now: () => number): OutboxStore {
  const database = openDatabase(file, outboxFormat);
  // What is erased is gone from the file, too.
  database.execute('PRAGMA secure_delete = ON');
  return createOutboxStore(sqlOnSqlite(database), audit, now);
}
