import { createWebhookStore } from '../../sql/webhooks/create-webhook-store.ts';
import type { WebhookStore } from '../../webhooks/webhook-store.ts';
import { openDatabase, type DatabaseFormat } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';

/** Times are milliseconds since 1970; `rules` is what a webhook was made with, as JSON. */
const createWebhooks = `
  CREATE TABLE webhook (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    rules TEXT NOT NULL,
    secrets TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by TEXT,
    is_on INTEGER NOT NULL,
    off_reason TEXT,
    cursor INTEGER NOT NULL,
    failing_since_ms INTEGER,
    last_delivered_ms INTEGER
  );

  CREATE TABLE delivery (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    webhook_id TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    last_attempt_ms INTEGER,
    status INTEGER,
    failure TEXT
  );
  CREATE INDEX delivery_due ON delivery (webhook_id, next_ms) WHERE state = 'pending';
  CREATE INDEX delivery_by_webhook ON delivery (webhook_id, key);
`;

/** `data/webhooks.db`. */
export const webhooksFormat: DatabaseFormat = {
  applicationId: 0x676d_6c77,
  migrations: [createWebhooks],
  synchronous: 'NORMAL',
  cacheKibibytes: 128,
};

/** Opens the webhooks in `file`, making it where there is none. Throws `UNAVAILABLE`. */
export function openSqliteWebhookStore(file: string): WebhookStore {
  const database = openDatabase(file, webhooksFormat);
  // A secret that was rotated away is gone from the file, too.
  database.execute('PRAGMA secure_delete = ON');
  return createWebhookStore(sqlOnSqlite(database));
}
