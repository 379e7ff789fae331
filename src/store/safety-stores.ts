import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditLog } from './audit/audit-log.ts';
import type { OutboxStore } from './outbox/outbox-store.ts';
import type { SharedAuditLog } from './sql/audit/create-audit-log.ts';
import type { AuditHead } from './sqlite/audit/audit-head.ts';
import { openSqliteAuditLog } from './sqlite/audit/open-audit-log.ts';
import { openSqliteOutbox } from './sqlite/outbox/open-outbox-store.ts';

/** The audit log and the outbox of a home, each opened when it is first needed. */
export interface SafetyStores {
  /** Throws `UNAVAILABLE` when it cannot be opened: then nothing may be changed. */
  readonly audit: () => AuditLog;
  /** Whether anything was ever changed from this home. */
  readonly hasAudit: () => boolean;
  /** Throws `UNAVAILABLE` when it cannot be opened: then nothing may be sent. */
  readonly outbox: () => OutboxStore;
  /** Whether anything was ever sent from this home. */
  readonly hasOutbox: () => boolean;
  readonly close: () => void;
}

/** The stores in `data/audit.db`, its end in `head`, and `data/outbox.db`. Opens nothing yet. */
export function sqliteSafetyStores(dataFolder: string, now: () => number, head?: AuditHead): SafetyStores {
  const auditFile = join(dataFolder, 'audit.db');
  const outboxFile = join(dataFolder, 'outbox.db');
  let log: SharedAuditLog | undefined;
  let store: OutboxStore | undefined;
  const audit = (): SharedAuditLog => (log ??= openSqliteAuditLog(auditFile, now, head));
  return {
    audit,
    // A log that is gone is one that was: its end is kept elsewhere.
    hasAudit: () => log !== undefined || existsSync(auditFile) || head?.exists() === true,
    outbox: () => (store ??= openSqliteOutbox(outboxFile, audit, now)),
    hasOutbox: () => store !== undefined || existsSync(outboxFile),
    close() {
      store?.close();
      log?.close();
    },
  };
}
