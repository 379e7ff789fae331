import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { addWebhook, requiredWebhook, rotateWebhookSecret, testWebhook } from '../../events/manage-webhooks.ts';
import { eventKinds } from '../../store/feed/event.ts';
import { fence } from '../kernel/answer-text.ts';
import { distinct } from '../kernel/distinct.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import type { HomeCall } from '../kernel/home-call.ts';
import { recordChange } from './record-change.ts';
import { viewWebhook, webhookId, webhookLine, webhookView } from './webhook-view.ts';

/** What `list_webhooks` returns. */
export const webhookList = z.object({ webhooks: z.array(webhookView).readonly() });

/** What `create_webhook` returns. */
export const createdWebhook = z.object({
  webhook: webhookView,
  secret: z.string().describe('Signs deliveries; shown this once.'),
});

/** What `rotate_webhook_secret` returns. */
export const rotatedSecret = z.object({ id: z.string(), secret: z.string().describe('Shown this once.') });

/** What `test_webhook` returns. */
export const testedWebhook = z.object({
  isDelivered: z.boolean(),
  status: z.int().exactOptional().describe('What the receiver answered.'),
  failure: z.string().exactOptional(),
});

/** Why a webhook is off that nobody has to look at. */
export const turnedOff = 'turned off by its owner';

async function partsOf({ services }: HomeCall) {
  const { accounts, safety, webhooks } = services;
  return {
    store: webhooks.store(),
    reach: await safety.egress(),
    open: (account: string) => accounts.open(account),
    now: services.now,
    timeZone: () => services.timeZone,
  };
}

/** Throws `INVALID_INPUT` for an account that the home does not have: its webhook would wait for ever. */
async function refuseUnknown(wanted: readonly string[] | undefined, { services }: HomeCall): Promise<void> {
  const known = await services.accounts.list();
  const unknown = wanted?.find((account) => !known.includes(account));
  if (unknown === undefined) return;
  throw new AppError('INVALID_INPUT', 'There is no such account.', {
    field: 'accounts',
    expected: known.join(', ') || 'an account; there is none yet',
    got: unknown,
  });
}

export const listWebhooks = defineHomeOperation({
  name: 'list_webhooks',
  route: 'GET /api/admin/webhooks',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Addresses that are told of events by POST, and whether that works; never their secrets.',
  input: {},
  output: webhookList,
  // A home that never had one has nothing to open.
  run: async (_input, { services: { webhooks } }) => ({
    webhooks: webhooks.hasAny() ? (await webhooks.store().list()).map(viewWebhook) : [],
  }),
  text: ({ webhooks }) =>
    webhooks.length === 0 ? 'There is no webhook.' : fence('webhooks', webhooks.map(webhookLine).join('\n')),
});

export const createWebhook = defineHomeOperation({
  name: 'create_webhook',
  route: 'POST /api/admin/webhooks',
  grant: 'admin',
  summary: 'Tell an address, which policy must allow, of events from now on.',
  input: {
    url: z.string().min(1).max(2000),
    kinds: z
      .array(z.enum(eventKinds))
      .min(1)
      .overwrite(distinct)
      .exactOptional()
      .describe('Only events of these kinds.'),
    accounts: z
      .array(z.email().toLowerCase())
      .min(1)
      .overwrite(distinct)
      .exactOptional()
      .describe('Only events of these accounts.'),
    q: z.string().min(1).max(2000).exactOptional().describe('Only events of messages that match.'),
    includes: z
      .enum(['ids', 'message'])
      .default('ids')
      .describe('message: also sender, subject and text of the message.'),
  },
  output: createdWebhook,
  async run(rules, call) {
    await refuseUnknown(rules.accounts, call);
    const { tokenName } = call.actor;
    const { webhook, secret } = await recordChange(
      call,
      { operation: 'create_webhook', method: 'addWebhook', target: rules },
      async () =>
        addWebhook(
          { ...rules, ...(tokenName === undefined ? {} : { createdBy: tokenName }) },
          { ...(await partsOf(call)), feed: call.services.feed.feed() },
        ),
    );
    return { webhook: viewWebhook(webhook), secret };
  },
  text: ({ webhook: { id }, secret }) => `${id}: ${secret}`,
});

export const updateWebhook = defineHomeOperation({
  name: 'update_webhook',
  route: 'PATCH /api/admin/webhooks/{id}',
  grant: 'admin',
  summary: 'Turn a webhook on, also one that was turned off because it failed, or off.',
  input: { id: webhookId, isOn: z.boolean() },
  output: webhookView,
  async run({ id, isOn }, call) {
    const { store } = await partsOf(call);
    await requiredWebhook(store, id);
    await recordChange(call, { operation: 'update_webhook', method: 'updateWebhook', target: { id, isOn } }, () =>
      store.update(id, isOn ? { isOn } : { isOn, offReason: turnedOff }),
    );
    return viewWebhook(await requiredWebhook(store, id));
  },
  text: ({ id, isOn }) => `The webhook ${id} is ${isOn ? 'on' : 'off'}.`,
});

export const rotateSecret = defineHomeOperation({
  name: 'rotate_webhook_secret',
  route: 'POST /api/admin/webhooks/{id}/secret',
  grant: 'admin',
  summary: 'Give a webhook a new secret; the one before signs beside it for a day.',
  input: { id: webhookId },
  output: rotatedSecret,
  async run({ id }, call) {
    const change = { operation: 'rotate_webhook_secret', method: 'rotateWebhookSecret', target: { id } };
    const parts = await partsOf(call);
    return { id, secret: await recordChange(call, change, () => rotateWebhookSecret(id, parts)) };
  },
  text: ({ id, secret }) => `${id}: ${secret}`,
});

export const tryWebhook = defineHomeOperation({
  name: 'test_webhook',
  route: 'POST /api/admin/webhooks/{id}/test',
  grant: 'admin',
  summary: 'Send a webhook one event that says that it is a test, and return what came of it.',
  input: { id: webhookId },
  output: testedWebhook,
  async run({ id }, call) {
    const verdict = await testWebhook(id, { ...(await partsOf(call)), signal: call.caller.signal });
    const { status } = verdict;
    return {
      isDelivered: verdict.kind === 'delivered',
      ...(status === undefined ? {} : { status }),
      ...(verdict.kind === 'delivered' ? {} : { failure: verdict.failure }),
    };
  },
  text: ({ isDelivered, status, failure }) =>
    isDelivered ? `Delivered: HTTP ${status ?? ''}.` : `Not delivered: ${failure ?? ''}.`,
});

export const deleteWebhook = defineHomeOperation({
  name: 'delete_webhook',
  route: 'DELETE /api/admin/webhooks/{id}',
  grant: 'admin',
  summary: 'Forget a webhook with its deliveries.',
  input: { id: webhookId },
  isDestructive: true,
  output: z.object({ id: z.string() }),
  async run({ id }, call) {
    const { store } = await partsOf(call);
    await requiredWebhook(store, id);
    const change = { operation: 'delete_webhook', method: 'removeWebhook', target: { id } };
    await recordChange(call, change, () => store.remove(id));
    return { id };
  },
  text: ({ id }) => `The webhook ${id} is forgotten.`,
});
