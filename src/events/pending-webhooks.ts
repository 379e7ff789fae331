import type { Feed } from '../store/feed/feed.ts';
import type { Webhook } from '../store/webhooks/webhook.ts';
import type { WebhookStore } from '../store/webhooks/webhook-store.ts';

/** The webhooks for which there is something to do. */
export async function pendingWebhooks({
  store,
  feed,
  now,
}: {
  readonly store: Pick<WebhookStore, 'list' | 'due'>;
  readonly feed: Pick<Feed, 'bounds'>;
  readonly now: () => number;
}): Promise<readonly Webhook[]> {
  const { newest } = await feed.bounds();
  const pending = [];
  for (const webhook of await store.list()) {
    if (!webhook.isOn) continue;
    if (webhook.cursor < newest || (await store.due(webhook.id, now(), 1)).length > 0) pending.push(webhook);
  }
  return pending;
}
