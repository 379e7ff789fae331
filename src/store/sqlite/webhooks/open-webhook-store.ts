import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../../core/errors.ts';
import { eventKinds, type FeedEvent } from '../../feed/event.ts';
import type { Delivery, Webhook } from '../../webhooks/webhook.ts';
import type { WebhookStore } from '../../webhooks/webhook-store.ts';
import { integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import { openDatabase, type DatabaseFormat } from '../open-database.ts';

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

const webhooksFormat: DatabaseFormat = {
  applicationId: 0x676d_6c77,
  migrations: [createWebhooks],
  synchronous: 'NORMAL',
  cacheKibibytes: 128,
};

const rulesSchema = z.object({
  kinds: z.array(z.enum(eventKinds)).exactOptional(),
  accounts: z.array(z.string()).exactOptional(),
  q: z.string().exactOptional(),
  includes: z.enum(['ids', 'message']),
});
const secretsSchema = z.array(z.object({ secret: z.string(), untilMs: z.number().exactOptional() }));

/** Opens the webhooks in `file`, making it where there is none. Throws `UNAVAILABLE`. */
export function openSqliteWebhookStore(file: string): WebhookStore {
  const database = openDatabase(file, webhooksFormat);
  // A secret that was rotated away is gone from the file, too.
  database.execute('PRAGMA secure_delete = ON');

  return {
    add: async (webhook) => {
      const { id, url, secrets, createdMs, createdBy, isOn, cursor, kinds, accounts, q, includes } = webhook;
      database.run(
        'INSERT INTO webhook (id, url, rules, secrets, created_ms, created_by, is_on, cursor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        url,
        JSON.stringify({ kinds, accounts, q, includes }),
        JSON.stringify(secrets),
        createdMs,
        createdBy ?? null,
        isOn ? 1 : 0,
        cursor,
      );
    },
    list: async () => database.all('SELECT * FROM webhook ORDER BY key').map(webhookOf),
    get: async (id) => {
      const row = database.get('SELECT * FROM webhook WHERE id = ?', id);
      return row === undefined ? undefined : webhookOf(row);
    },
    update: async (id, { secrets, isOn, cursor, offReason }) =>
      database.run(
        `UPDATE webhook SET secrets = coalesce(?2, secrets), cursor = coalesce(?3, cursor), is_on = coalesce(?4, is_on),
           off_reason = CASE WHEN ?4 IS NULL THEN off_reason ELSE ?5 END,
           failing_since_ms = CASE WHEN ?4 = 1 THEN NULL ELSE failing_since_ms END WHERE id = ?1`,
        id,
        secrets === undefined ? null : JSON.stringify(secrets),
        cursor ?? null,
        isOn === undefined ? null : isOn ? 1 : 0,
        offReason ?? null,
      ) > 0,
    remove: async (id) =>
      database.write(() => {
        database.run('DELETE FROM delivery WHERE webhook_id = ?', id);
        return database.run('DELETE FROM webhook WHERE id = ?', id) > 0;
      }),
    enqueue: async (id, { from, to, events, nowMs }) =>
      database.write(() => {
        if (database.run('UPDATE webhook SET cursor = ? WHERE id = ? AND cursor = ?', to, id, from) === 0) return false;
        for (const event of events) {
          database.run(
            `INSERT INTO delivery (id, webhook_id, event, state, attempts, next_ms) VALUES (?, ?, ?, 'pending', 0, ?)`,
            `msg_${randomBytes(16).toString('base64url')}`,
            id,
            JSON.stringify(event),
            nowMs,
          );
        }
        return true;
      }),
    due: async (id, nowMs, limit) =>
      database
        .all(
          `SELECT * FROM delivery WHERE webhook_id = ? AND state = 'pending' AND next_ms <= ? ORDER BY key LIMIT ?`,
          id,
          nowMs,
          limit,
        )
        .map(deliveryOf),
    hasDue: async (nowMs) =>
      database.get(
        `SELECT 1 FROM webhook w WHERE is_on AND EXISTS (
           SELECT 1 FROM delivery WHERE webhook_id = w.id AND state = 'pending' AND next_ms <= ?)`,
        nowMs,
      ) !== undefined,
    record: async ({ deliveryId, webhookId, state, atMs, nextMs, status, failure }) => {
      database.write(() => {
        database.run(
          `UPDATE delivery SET state = ?, attempts = attempts + 1, last_attempt_ms = ?, next_ms = ?, status = ?, failure = ?
           WHERE id = ?`,
          state,
          atMs,
          Math.ceil(nextMs),
          status ?? null,
          failure ?? null,
          deliveryId,
        );
        if (state === 'delivered') {
          database.run(
            'UPDATE webhook SET failing_since_ms = NULL, last_delivered_ms = ? WHERE id = ?',
            atMs,
            webhookId,
          );
        } else {
          database.run(
            'UPDATE webhook SET failing_since_ms = coalesce(failing_since_ms, ?) WHERE id = ?',
            atMs,
            webhookId,
          );
        }
      });
    },
    deliveries: async (id, limit) =>
      database.all('SELECT * FROM delivery WHERE webhook_id = ? ORDER BY key DESC LIMIT ?', id, limit).map(deliveryOf),
    resend: async (deliveryId, nowMs) => {
      const row = database.get(
        `UPDATE delivery SET state = 'pending', attempts = 0, next_ms = ? WHERE id = ? RETURNING *`,
        nowMs,
        deliveryId,
      );
      if (row !== undefined) return deliveryOf(row);
      throw new AppError('NOT_FOUND', `There is no delivery ${deliveryId}.`, { field: 'id', got: deliveryId });
    },
    prune: async (beforeMs) =>
      database.run(`DELETE FROM delivery WHERE state <> 'pending' AND last_attempt_ms < ?`, beforeMs),
    close: () => database.close(),
  };
}

function webhookOf(row: Row): Webhook {
  const failingSinceMs = optionalIntegerOf(row, 'failing_since_ms');
  const lastDeliveredMs = optionalIntegerOf(row, 'last_delivered_ms');
  return {
    id: textOf(row, 'id'),
    url: textOf(row, 'url'),
    ...rulesSchema.parse(JSON.parse(textOf(row, 'rules'))),
    secrets: secretsSchema.parse(JSON.parse(textOf(row, 'secrets'))),
    createdMs: integerOf(row, 'created_ms'),
    ...(typeof row.created_by === 'string' ? { createdBy: row.created_by } : {}),
    isOn: integerOf(row, 'is_on') === 1,
    ...(typeof row.off_reason === 'string' ? { offReason: row.off_reason } : {}),
    cursor: integerOf(row, 'cursor'),
    ...(failingSinceMs === undefined ? {} : { failingSinceMs }),
    ...(lastDeliveredMs === undefined ? {} : { lastDeliveredMs }),
  };
}

function deliveryOf(row: Row): Delivery {
  const state = textOf(row, 'state');
  const lastAttemptMs = optionalIntegerOf(row, 'last_attempt_ms');
  const status = optionalIntegerOf(row, 'status');
  return {
    id: textOf(row, 'id'),
    webhookId: textOf(row, 'webhook_id'),
    event: eventIn(textOf(row, 'event')),
    state: state === 'delivered' || state === 'failed' ? state : 'pending',
    attempts: integerOf(row, 'attempts'),
    nextMs: integerOf(row, 'next_ms'),
    ...(lastAttemptMs === undefined ? {} : { lastAttemptMs }),
    ...(status === undefined ? {} : { status }),
    ...(typeof row.failure === 'string' ? { failure: row.failure } : {}),
  };
}

function eventIn(json: string): FeedEvent {
  const event: unknown = JSON.parse(json);
  if (isEvent(event)) return event;
  throw new TypeError('an event of a delivery is not in the form that was written');
}

function isEvent(value: unknown): value is FeedEvent {
  return typeof value === 'object' && value !== null && 'sequence' in value && 'cause' in value;
}
