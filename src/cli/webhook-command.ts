import { parseArgs } from 'node:util';
import { AppError } from '../core/errors.ts';
import {
  addWebhook,
  requiredWebhook,
  rotateWebhookSecret,
  testWebhook,
  type WebhookRules,
} from '../events/manage-webhooks.ts';
import { eventKinds, type EventKind } from '../store/feed/event.ts';
import type { Delivery, Webhook } from '../store/webhooks/webhook.ts';
import type { Services } from '../operations/kernel/services.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { withServices } from './with-services.ts';

const deliveriesShown = 50;

function parseWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...words],
      options: { kind: text, account: text, q: text, message: flag, json: flag },
      allowPositionals: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: commands.webhook.forms.join(' | ') }, error);
  }
}

type Values = ReturnType<typeof parseWords>['values'];

function listOf(text: string): readonly string[] {
  return [...new Set(text.split(',').map((word) => word.trim()))];
}

function isEventKind(text: string): text is EventKind {
  return eventKinds.some((kind) => kind === text);
}

function kindsOf(text: string): readonly EventKind[] {
  return listOf(text).map((word) => {
    if (isEventKind(word)) return word;
    throw new AppError('INVALID_INPUT', 'There are no such events.', {
      field: '--kind',
      expected: `${eventKinds.join(', ')}; several with commas`,
      got: word,
    });
  });
}

/** Throws `INVALID_INPUT` for an account that the home does not have: its webhook would wait for ever. */
function accountsOf(text: string, known: readonly string[]): readonly string[] {
  return listOf(text.toLowerCase()).map((account) => {
    if (known.includes(account)) return account;
    throw new AppError('INVALID_INPUT', 'There is no such account.', {
      field: '--account',
      expected: known.join(', ') || 'an account; there is none yet',
      got: account,
    });
  });
}

function rulesOf(url: string, { kind, account, q, message }: Values, accounts: readonly string[]): WebhookRules {
  return {
    url,
    ...(kind === undefined ? {} : { kinds: kindsOf(kind) }),
    ...(account === undefined ? {} : { accounts: accountsOf(account, accounts) }),
    ...(q === undefined ? {} : { q }),
    includes: message ? 'message' : 'ids',
  };
}

/** What everybody may see of a webhook: all but its secrets. */
function shown({ secrets, createdMs, lastDeliveredMs, failingSinceMs, ...webhook }: Webhook) {
  return {
    ...webhook,
    createdAt: new Date(createdMs).toISOString(),
    secrets: secrets.length,
    ...(lastDeliveredMs === undefined ? {} : { lastDeliveredAt: new Date(lastDeliveredMs).toISOString() }),
    ...(failingSinceMs === undefined ? {} : { failingSince: new Date(failingSinceMs).toISOString() }),
  };
}

function webhookLine(webhook: Webhook): string {
  const { id, url, kinds, accounts, q, includes, isOn, offReason, lastDeliveredAt, failingSince } = shown(webhook);
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

function deliveryLine({ id, event, state, attempts, nextMs, status, failure }: Delivery): string {
  return [
    id,
    `${event.sequence} ${event.kind}`,
    state === 'pending' ? `next attempt ${new Date(nextMs).toISOString()}` : state,
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    ...(failure === undefined ? (status === undefined ? [] : [`HTTP ${status}`]) : [failure]),
  ].join('\t');
}

function needed(word: string | undefined, field: string): string {
  if (word !== undefined) return word;
  throw new AppError('INVALID_INPUT', `${field} is missing.`, { expected: commands.webhook.forms.join(' | ') });
}

/** `gmail-llm webhook`: who is told of events by POST, and what became of it. */
export async function runWebhook({ arguments: words, environment, stdout, signal }: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words);
  const [verb = 'list', word, ...more] = positionals;
  if (more.length > 0) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `webhook`.', { got: more.join(' ') });
  }
  const write = (value: object, text: string) =>
    stdout.write(values.json ? `${JSON.stringify(value, undefined, 2)}\n` : text);

  return withServices(environment, async ({ services }) => {
    const parts = partsOf(services);
    const { store } = parts;
    switch (verb) {
      case 'add': {
        const rules = rulesOf(needed(word, 'URL'), values, await services.accounts.list());
        const { webhook, secret } = await addWebhook(rules, { ...parts, store: store(), feed: services.feed.feed() });
        write({ ...shown(webhook), secret }, `${webhook.id}\n${secret}\nThe secret is shown only now.\n`);
        return 0;
      }
      case 'list': {
        const webhooks = services.webhooks.hasAny() ? await store().list() : [];
        write(webhooks.map(shown), webhooks.map((webhook) => `${webhookLine(webhook)}\n`).join(''));
        return 0;
      }
      case 'remove':
        await requiredWebhook(store(), needed(word, 'ID'));
        await store().remove(needed(word, 'ID'));
        return 0;
      case 'rotate': {
        const secret = await rotateWebhookSecret(needed(word, 'ID'), { store: store(), now: parts.now });
        write({ secret }, `${secret}\nThe secret is shown only now; the one before signs beside it for a day.\n`);
        return 0;
      }
      case 'on':
        await requiredWebhook(store(), needed(word, 'ID'));
        await store().update(needed(word, 'ID'), { isOn: true });
        return 0;
      case 'test': {
        const verdict = await testWebhook(needed(word, 'ID'), { ...parts, store: store(), signal });
        if (verdict.kind === 'delivered') {
          write(verdict, `Delivered: HTTP ${verdict.status}.\n`);
          return 0;
        }
        throw new AppError('UNAVAILABLE', `Not delivered: ${verdict.failure}.`);
      }
      case 'deliveries': {
        const { id } = await requiredWebhook(store(), needed(word, 'ID'));
        const deliveries = await store().deliveries(id, deliveriesShown);
        write(deliveries, deliveries.map((delivery) => `${deliveryLine(delivery)}\n`).join(''));
        return 0;
      }
      case 'resend':
        await store().resend(needed(word, 'DELIVERY'), parts.now());
        return 0;
      default:
        throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, {
          expected: 'add, list, remove, rotate, on, test, deliveries or resend',
          got: verb,
        });
    }
  });
}

function partsOf(services: Services) {
  return {
    store: () => services.webhooks.store(),
    reach: services.safety.egress(),
    open: (account: string) => services.accounts.open(account),
    now: services.now,
    timeZone: () => services.timeZone,
  };
}
