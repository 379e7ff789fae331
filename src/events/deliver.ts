import type { Random } from '../core/back-off.ts';
import type { HttpClient, HttpResponse } from '../core/egress/http-client.ts';
import { HttpFailure } from '../core/egress/http-failure.ts';
import { metrics } from '../core/telemetry/metrics.ts';
import { version } from '../core/version.ts';
import type { FeedEvent } from '../store/feed/event.ts';
import type { Delivery, Webhook } from '../store/webhooks/webhook.ts';
import type { WebhookStore } from '../store/webhooks/webhook-store.ts';
import { readEventMessage, type EventMessage, type MessageAccess } from './event-message.ts';
import { failingMs, judgeDelivery, type DeliveryVerdict } from './judge-delivery.ts';
import { signedHeaders } from './sign-webhook.ts';

/** How long a receiver may take (Standard Webhooks: 15 to 30 seconds). */
const timeoutMs = 15_000;
/** What a receiver answers is read no further than this. */
const maxAnswerBytes = 1_000_000;

const attempts = metrics.counter('gmail_llm_webhook_attempts_total', 'Attempts to deliver an event, by outcome.', [
  'outcome',
]);

/** What deliveries are made with. */
export interface DeliverParts extends MessageAccess {
  readonly store: WebhookStore;
  /** Reaches only what policy allows. */
  readonly http: HttpClient;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** The body of a delivery: what happened, in the form of Standard Webhooks. */
function bodyOf(event: FeedEvent, message: EventMessage | undefined): string {
  const { kind, at, ...facts } = event;
  return JSON.stringify({
    type: kind,
    timestamp: at,
    data: { ...facts, ...(message === undefined ? {} : { message }) },
  });
}

/** Sends an event once. Throws what reading the message throws; what the receiver does is in the verdict. */
export async function attempt(
  webhook: Pick<Webhook, 'url' | 'secrets' | 'includes'>,
  { id, event, attempts: before }: Pick<Delivery, 'id' | 'event' | 'attempts'>,
  parts: DeliverParts,
): Promise<DeliveryVerdict> {
  const message = webhook.includes === 'message' ? await readEventMessage(event, parts) : undefined;
  const body = bodyOf(event, message);
  const signed = signedHeaders({ id, body, nowMs: parts.now() }, webhook.secrets);
  const headers = { ...signed, 'content-type': 'application/json', 'user-agent': `gmail-llm/${version}` };
  const request = {
    method: 'POST',
    url: new URL(webhook.url),
    headers,
    body,
    timeoutMs,
    maxBodyBytes: maxAnswerBytes,
    isHeadEnough: true,
  };
  const judge = (result: HttpResponse | HttpFailure) =>
    judgeDelivery(result, before + 1, { random: parts.random, nowMs: parts.now() });
  try {
    const response = await parts.http.exchange({ ...request, signal: parts.signal, needsFreshConnection: true });
    return judge(response);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    // Nobody's fault but ours: it is tried again by whoever goes on.
    parts.signal.throwIfAborted();
    return judge(error);
  }
}

/** Delivers one event to its webhook, writes down what came of it, and says why the webhook has to be turned off, if it has. */
export async function deliver(webhook: Webhook, delivery: Delivery, parts: DeliverParts): Promise<string | undefined> {
  const { store, now } = parts;
  const verdict = await attempt(webhook, delivery, parts);
  attempts.add({ outcome: verdict.kind });
  const atMs = now();
  const record = { deliveryId: delivery.id, webhookId: webhook.id, atMs, nextMs: atMs };
  switch (verdict.kind) {
    case 'delivered':
      await store.record({ ...record, state: 'delivered', status: verdict.status });
      return undefined;
    case 'again': {
      const { waitMs, kind: _, ...facts } = verdict;
      await store.record({ ...record, ...facts, state: 'pending', nextMs: atMs + waitMs });
      break;
    }
    case 'failed':
    case 'gone': {
      const { kind: _, ...facts } = verdict;
      await store.record({ ...record, ...facts, state: 'failed' });
      if (verdict.kind === 'gone') return verdict.failure;
    }
  }
  const { failingSinceMs = atMs } = (await store.get(webhook.id)) ?? {};
  return atMs - failingSinceMs >= failingMs ? `nothing was delivered for three days: ${verdict.failure}` : undefined;
}
