import { join } from 'node:path';
import type { CopiedSubject } from '../sql/copy-tables.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { auditFormat } from './audit/open-audit-log.ts';
import { feedFormat } from './feed/feed-format.ts';
import { loginFormat } from './live/login-format.ts';
import { openDatabase } from './open-database.ts';
import { outboxFormat } from './outbox/open-outbox-store.ts';
import { sqlOnSqlite } from './sql-on-sqlite.ts';
import { webhooksFormat } from './webhooks/open-webhook-store.ts';

const files = {
  feed: ['events.db', feedFormat],
  webhooks: ['webhooks.db', webhooksFormat],
  audit: ['audit.db', auditFormat],
  outbox: ['outbox.db', outboxFormat],
  logins: [join('gmail', 'accounts.db'), loginFormat],
} as const;

/** The tables of one subject of a data folder. */
export function sqliteTables(dataFolder: string, subject: CopiedSubject): SqlDatabase {
  const [file, format] = files[subject];
  return sqlOnSqlite(openDatabase(join(dataFolder, file), format));
}
