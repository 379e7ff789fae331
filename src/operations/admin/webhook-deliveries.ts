import * as z from 'zod';
import { requiredWebhook } from '../../events/manage-webhooks.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { deliveryLine, deliveryView, viewDelivery, webhookId } from './webhook-view.ts';

/** What `list_deliveries` returns. */
export const deliveryList = z.object({ deliveries: z.array(deliveryView).readonly() });

export const listDeliveries = defineHomeOperation({
  name: 'list_deliveries',
  route: 'GET /api/admin/webhooks/{id}/deliveries',
  grant: 'admin',
  toolset: 'admin',
  summary: 'What became of the events for a webhook, newest first; kept for a week.',
  input: { id: webhookId, limit: z.int().min(1).max(500).default(50) },
  output: deliveryList,
  async run({ id, limit }, { services: { webhooks } }) {
    const store = webhooks.store();
    await requiredWebhook(store, id);
    return { deliveries: (await store.deliveries(id, limit)).map(viewDelivery) };
  },
  text: ({ deliveries }) =>
    deliveries.length === 0
      ? 'There was no event for it yet.'
      : fence('deliveries', deliveries.map(deliveryLine).join('\n')),
});

export const resendDelivery = defineHomeOperation({
  name: 'resend_delivery',
  route: 'POST /api/admin/deliveries/{id}/resend',
  grant: 'admin',
  summary: 'Make a delivery due again, whatever became of it; a server that runs sends it within seconds.',
  input: { id: z.string().min(1).max(64).describe('As in list_deliveries.') },
  output: deliveryView,
  run: async ({ id }, { services: { webhooks }, nowMs }) => viewDelivery(await webhooks.store().resend(id, nowMs)),
  text: ({ id }) => `${id} is due now.`,
});
