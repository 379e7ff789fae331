import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../../core/errors.ts';
import { eventKinds, type FeedEvent } from '../../feed/event.ts';
import type { Delivery, Webhook } from '../../webhooks/webhook.ts';
import type { WebhookStore } from '../../webhooks/webhook-store.ts';
import { integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import type { SqlDatabase } from '../sql-database.ts';

const rulesSchema = z.object({
  kinds: z.array(z.enum(eventKinds)).exactOptional(),
  accounts: z.array(z.string()).exactOptional(),
  q: z.string().exactOptional(),
  includes: z.enum(['ids', 'message']),
});
const secretsSchema = z.array(z.object({ secret: z.string(), untilMs: z.number().exactOptional() }));

/** The webhooks whose rows are in `database`. */
export function createWebhookStore(database: SqlDatabase): WebhookStore {
  return {
    add: async (webhook) => {
      const { id, url, secrets, createdMs, createdBy, isOn, cursor, kinds, accounts, q, includes } = webhook;
      await database.run(
        `INSERT INTO webhook (id, url, rules, secrets, created_ms, created_by, is_on, cursor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
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
    list: async () => (await database.all('SELECT * FROM webhook ORDER BY key')).map(webhookOf),
    get: async (id) => {
      const row = await database.get('SELECT * FROM webhook WHERE id = $1', id);
      return row === undefined ? undefined : webhookOf(row);
    },
    update: async (id, { secrets, isOn, cursor, offReason, rules }) => {
      const isGiven = 'CAST($4 AS integer)';
      const changed = await database.run(
        `UPDATE webhook SET secrets = coalesce(CAST($2 AS text), secrets), cursor = coalesce(CAST($3 AS bigint), cursor),
           is_on = coalesce(${isGiven}, is_on),
           off_reason = CASE WHEN ${isGiven} IS NULL THEN off_reason ELSE CAST($5 AS text) END,
           failing_since_ms = CASE WHEN ${isGiven} = 1 THEN NULL ELSE failing_since_ms END,
           rules = coalesce(CAST($6 AS text), rules) WHERE id = $1`,
        id,
        secrets === undefined ? null : JSON.stringify(secrets),
        cursor ?? null,
        isOn === undefined ? null : isOn ? 1 : 0,
        offReason ?? null,
        rules === undefined ? null : JSON.stringify(rulesSchema.parse(rules)),
      );
      return changed > 0;
    },
    remove: (id) =>
      database.write(async (queries) => {
        await queries.run('DELETE FROM delivery WHERE webhook_id = $1', id);
        return (await queries.run('DELETE FROM webhook WHERE id = $1', id)) > 0;
      }),
    enqueue: (id, { from, to, events, nowMs }) =>
      database.write(async (queries) => {
        const advance = 'UPDATE webhook SET cursor = $1 WHERE id = $2 AND cursor = $3';
        if ((await queries.run(advance, to, id, from)) === 0) return false;
        for (const event of events) {
          await queries.run(
            `INSERT INTO delivery (id, webhook_id, event, state, attempts, next_ms) VALUES ($1, $2, $3, 'pending', 0, $4)`,
            `msg_${randomBytes(16).toString('base64url')}`,
            id,
            JSON.stringify(event),
            nowMs,
          );
        }
        return true;
      }),
    due: async (id, nowMs, limit) => {
      const rows = await database.all(
        `SELECT * FROM delivery WHERE webhook_id = $1 AND state = 'pending' AND next_ms <= $2 ORDER BY key LIMIT $3`,
        id,
        nowMs,
        limit,
      );
      return rows.map(deliveryOf);
    },
    backlogs: async () => {
      const rows = await database.all(
        `SELECT w.id, w.is_on, w.cursor, (
           SELECT count(*) FROM delivery d WHERE d.webhook_id = w.id AND d.state = 'pending') AS pending
         FROM webhook w ORDER BY w.id`,
      );
      return rows.map((row) => ({
        id: textOf(row, 'id'),
        isOn: integerOf(row, 'is_on') === 1,
        pending: integerOf(row, 'pending'),
        cursor: integerOf(row, 'cursor'),
      }));
    },
    hasDue: async (nowMs) => {
      const row = await database.get(
        `SELECT 1 FROM webhook w WHERE is_on = 1 AND EXISTS (
           SELECT 1 FROM delivery WHERE webhook_id = w.id AND state = 'pending' AND next_ms <= $1)`,
        nowMs,
      );
      return row !== undefined;
    },
    record: ({ deliveryId, webhookId, state, atMs, nextMs, status, failure }) =>
      database.write(async (queries) => {
        await queries.run(
          `UPDATE delivery SET state = $1, attempts = attempts + 1, last_attempt_ms = $2, next_ms = $3, status = $4,
             failure = $5 WHERE id = $6`,
          state,
          atMs,
          Math.ceil(nextMs),
          status ?? null,
          failure ?? null,
          deliveryId,
        );
        const change =
          state === 'delivered'
            ? 'failing_since_ms = NULL, last_delivered_ms = $1'
            : 'failing_since_ms = coalesce(failing_since_ms, $1)';
        await queries.run(`UPDATE webhook SET ${change} WHERE id = $2`, atMs, webhookId);
      }),
    deliveries: async (id, limit) => {
      const sql = 'SELECT * FROM delivery WHERE webhook_id = $1 ORDER BY key DESC LIMIT $2';
      return (await database.all(sql, id, limit)).map(deliveryOf);
    },
    resend: async (deliveryId, nowMs) => {
      const row = await database.get(
        `UPDATE delivery SET state = 'pending', attempts = 0, next_ms = $1 WHERE id = $2 RETURNING *`,
        nowMs,
        deliveryId,
      );
      if (row !== undefined) return deliveryOf(row);
      throw new AppError('NOT_FOUND', `There is no delivery ${deliveryId}.`, { field: 'id', got: deliveryId });
    },
    prune: (beforeMs) =>
      database.run(`DELETE FROM delivery WHERE state <> 'pending' AND last_attempt_ms < $1`, beforeMs),
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
