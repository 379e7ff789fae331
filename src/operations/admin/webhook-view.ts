import * as z from 'zod';
import { eventKinds } from '../../store/feed/event.ts';
import type { Delivery, Webhook } from '../../store/webhooks/webhook.ts';
import { isoTime } from './iso-time.ts';

const time = z.iso.datetime();

/** The id of a webhook. */
export const webhookId = z.string().min(1).max(64).describe('As in list_webhooks.');

/** A webhook without its secrets. */
export const webhookView = z
  .object({
    id: z.string(),
    url: z.string(),
    kinds: z.array(z.enum(eventKinds)).readonly().exactOptional().describe('Missing: every kind.'),
    accounts: z.array(z.string()).readonly().exactOptional().describe('Missing: every account.'),
    q: z.string().exactOptional(),
    includes: z.enum(['ids', 'message']),
    secrets: z.int().describe('How many sign: two for a day after a rotation.'),
    createdAt: time,
    createdBy: z.string().exactOptional().describe('Token that made it.'),
    isOn: z.boolean(),
    offReason: z.string().exactOptional(),
    failingSince: time.exactOptional().describe('Every attempt since then has failed.'),
    lastDeliveredAt: time.exactOptional(),
  })
  .readonly()
  .meta({ id: 'Webhook' });
export type WebhookView = z.output<typeof webhookView>;

export function viewWebhook({
  secrets,
  createdMs,
  lastDeliveredMs,
  failingSinceMs,
  cursor: _cursor,
  ...webhook
}: Webhook): WebhookView {
  return {
    ...webhook,
    secrets: secrets.length,
    createdAt: isoTime(createdMs),
    ...(lastDeliveredMs === undefined ? {} : { lastDeliveredAt: isoTime(lastDeliveredMs) }),
    ...(failingSinceMs === undefined ? {} : { failingSince: isoTime(failingSinceMs) }),
  };
}

/** A webhook as a line. */
export function webhookLine(webhook: WebhookView): string {
  const { id, url, kinds, accounts, q, includes, isOn, offReason, lastDeliveredAt, failingSince } = webhook;
  const delivered = lastDeliveredAt === undefined ? 'nothing delivered yet' : `last delivered ${lastDeliveredAt}`;
  const failing = failingSince === undefined ? delivered : `failing since ${failingSince}`;
  return [
    id,
    url,
    kinds?.join(',') ?? 'all events',
    accounts?.join(',') ?? 'all accounts',
    ...(q === undefined ? [] : [`q: ${q}`]),
    ...(includes === 'message' ? ['with the message'] : []),
    isOn ? failing : `off: ${offReason ?? 'turned off'}`,
  ].join('\t');
}

/** One event for one webhook, and what became of it. */
export const deliveryView = z
  .object({
    id: z.string(),
    webhookId: z.string(),
    event: z.object({ sequence: z.int(), at: z.string(), account: z.string(), kind: z.enum(eventKinds) }).readonly(),
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    nextAt: time.exactOptional().describe('When the next attempt is due, while it is pending.'),
    lastAttemptAt: time.exactOptional(),
    status: z.int().exactOptional().describe('HTTP status of the last attempt.'),
    failure: z.string().exactOptional().describe('Why the last attempt failed.'),
  })
  .readonly()
  .meta({ id: 'Delivery' });
export type DeliveryView = z.output<typeof deliveryView>;

export function viewDelivery({ event, nextMs, lastAttemptMs, ...delivery }: Delivery): DeliveryView {
  const { sequence, at, account, kind } = event;
  return {
    ...delivery,
    event: { sequence, at, account, kind },
    ...(delivery.state === 'pending' ? { nextAt: isoTime(nextMs) } : {}),
    ...(lastAttemptMs === undefined ? {} : { lastAttemptAt: isoTime(lastAttemptMs) }),
  };
}

/** A delivery as a line. */
export function deliveryLine({ id, event, state, attempts, nextAt, status, failure }: DeliveryView): string {
  return [
    id,
    `${event.sequence} ${event.kind}`,
    nextAt === undefined ? state : `next attempt ${nextAt}`,
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    ...(failure === undefined ? (status === undefined ? [] : [`HTTP ${status}`]) : [failure]),
  ].join('\t');
}
