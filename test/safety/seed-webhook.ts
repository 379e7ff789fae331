import { homeWebhooks } from '../../src/store/webhooks/home-webhooks.ts';

/** A webhook that policy does not let be called, with one delivery that waits. */
export interface SeededWebhook {
  readonly id: string;
  readonly delivery: string;
}

/** Lets a home have a webhook of this id. */
export async function seedWebhook(dataFolder: string, id: string, url = 'http://127.0.0.1:9/'): Promise<SeededWebhook> {
  const { store, close } = homeWebhooks(dataFolder);
  const nowMs = Date.now();
  await store().add({
    id,
    url,
    includes: 'ids',
    secrets: [{ secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    createdMs: nowMs,
    isOn: true,
    cursor: 0,
  });
  const event = {
    sequence: 1,
    at: new Date(nowMs).toISOString(),
    account: 'ann@example.org',
    kind: 'messageAdded',
    ids: { messageId: 'm1' },
    cause: { by: 'arrival' },
  } as const;
  await store().enqueue(id, { from: 0, to: 1, events: [event], nowMs });
  const [delivery] = await store().deliveries(id, 1);
  close();
  return { id, delivery: delivery?.id ?? '' };
}
