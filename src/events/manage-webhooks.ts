import { randomBytes } from 'node:crypto';
import { checkTarget, type Reach } from '../core/egress/check-target.ts';
import { hasProxy } from '../core/egress/egress-settings.ts';
import { createHttpClient } from '../core/egress/http-client.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { EventKind } from '../store/feed/event.ts';
import type { Feed } from '../store/feed/feed.ts';
import type { Delivery, Webhook } from '../store/webhooks/webhook.ts';
import type { WebhookStore } from '../store/webhooks/webhook-store.ts';
import { attempt } from './deliver.ts';
import { checkEventQuery, type MessageAccess } from './event-message.ts';
import type { DeliveryVerdict } from './judge-delivery.ts';
import { makeSecret, rotateSecrets } from './sign-webhook.ts';

/** Webhooks of one home: each costs a look at every event. */
const mostWebhooks = 50;

/** What managing webhooks stands on. */
export interface ManageParts extends MessageAccess {
  readonly store: WebhookStore;
  readonly feed: Pick<Feed, 'bounds'>;
  /** What may be called from here. */
  readonly reach: Exclude<Reach, 'anywhere'>;
}

/** What a webhook is to be told. */
export interface WebhookRules {
  readonly url: string;
  readonly kinds?: readonly EventKind[];
  readonly accounts?: readonly string[];
  readonly q?: string;
  readonly includes: Webhook['includes'];
  /** Name of the token that makes it. */
  readonly createdBy?: string;
}

function unusable(got: string): AppError {
  return new AppError('INVALID_INPUT', 'This is no address for a webhook.', {
    field: 'url',
    expected: 'https://host/path, without a user name',
    got,
  });
}

/** Throws `INVALID_INPUT` for what is no address, `FORBIDDEN` for one that policy does not allow. */
async function checkUrl(text: string, reach: ManageParts['reach']): Promise<void> {
  if (!URL.canParse(text)) throw unusable(text);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') throw unusable(text);
  try {
    await checkTarget(url, reach, { hasProxy: hasProxy() });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('INVALID_INPUT', `The host ${url.hostname} cannot be found: ${messageOf(error)}.`, {
      field: 'url',
      got: text,
    });
  }
}

/** Throws `NOT_FOUND`. */
export async function requiredWebhook(store: WebhookStore, id: string): Promise<Webhook> {
  const webhook = await store.get(id);
  if (webhook !== undefined) return webhook;
  throw new AppError('NOT_FOUND', `There is no webhook ${id}.`, {
    field: 'id',
    got: id,
    hint: '`gmail-llm webhook list` shows them.',
  });
}

/**
 * Makes a webhook that is told of what happens from now on, and returns it with its secret: the only time that it can be
 * seen. Throws `INVALID_INPUT`, and `FORBIDDEN` for an address that policy does not allow.
 */
export async function addWebhook(
  rules: WebhookRules,
  parts: ManageParts,
): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  const { store, feed, reach, now } = parts;
  await checkUrl(rules.url, reach);
  if (rules.q !== undefined) checkEventQuery(rules.q, parts);
  if ((await store.list()).length >= mostWebhooks) {
    throw new AppError('TOO_LARGE', 'There are too many webhooks.', { expected: `at most ${mostWebhooks}` });
  }
  const secret = makeSecret();
  const webhook: Webhook = {
    ...rules,
    id: `wh_${randomBytes(9).toString('base64url')}`,
    secrets: [{ secret }],
    createdMs: now(),
    isOn: true,
    cursor: (await feed.bounds()).newest,
  };
  await store.add(webhook);
  return { webhook, secret };
}

/** Gives a webhook a new secret and returns it; the one before signs beside it for a day. Throws `NOT_FOUND`. */
export async function rotateWebhookSecret(
  id: string,
  { store, now }: Pick<ManageParts, 'store' | 'now'>,
): Promise<string> {
  const { secrets } = await requiredWebhook(store, id);
  const secret = makeSecret();
  await store.update(id, { secrets: rotateSecrets(secrets, secret, now()) });
  return secret;
}

/** Sends a webhook an event that says that it is a test, once, and returns what came of it. Throws `NOT_FOUND`. */
export async function testWebhook(
  id: string,
  parts: Omit<ManageParts, 'feed'> & { readonly signal: AbortSignal },
): Promise<DeliveryVerdict> {
  const webhook = await requiredWebhook(parts.store, id);
  const delivery: Pick<Delivery, 'id' | 'event' | 'attempts'> = {
    id: `msg_test_${randomBytes(9).toString('base64url')}`,
    attempts: 0,
    event: {
      sequence: 0,
      at: new Date(parts.now()).toISOString(),
      account: '',
      kind: 'webhookChanged',
      ids: { webhookId: id },
      state: 'test',
      cause: { by: 'job', job: 'test' },
    },
  };
  const http = createHttpClient({ reach: parts.reach });
  try {
    return await attempt({ ...webhook, includes: 'ids' }, delivery, { ...parts, http, random: Math.random });
  } finally {
    http.close();
  }
}
