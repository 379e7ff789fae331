import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { AppError } from '../core/errors.ts';
import { eventKinds, type EventKind } from '../store/feed/event.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { deliveryList, listDeliveries, resendDelivery } from '../operations/admin/webhook-deliveries.ts';
import {
  createWebhook,
  createdWebhook,
  deleteWebhook,
  listWebhooks,
  rotateSecret,
  rotatedSecret,
  testedWebhook,
  tryWebhook,
  updateWebhook,
  webhookList,
} from '../operations/admin/webhook-operations.ts';
import { deliveryLine, webhookLine } from '../operations/admin/webhook-view.ts';
import { invokeAsOwner, valueFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { withServices } from './with-services.ts';

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

/** What `create_webhook` takes, from the words of the command. */
function rulesOf(url: string, { kind, account, q, message }: Values): object {
  return {
    url,
    ...(kind === undefined ? {} : { kinds: kindsOf(kind) }),
    ...(account === undefined ? {} : { accounts: listOf(account) }),
    ...(q === undefined ? {} : { q }),
    includes: message ? 'message' : 'ids',
  };
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

  const id = (): string => needed(word, 'ID');

  return withServices(environment, async (assembly) => {
    const read = <Schema extends z.ZodType>(operation: Operation, schema: Schema, input: object) =>
      valueFor(assembly, operation, schema, input, { signal });
    switch (verb) {
      case 'add': {
        const made = await read(createWebhook, createdWebhook, rulesOf(needed(word, 'URL'), values));
        const { webhook, secret } = made;
        write({ ...webhook, secret }, `${webhook.id}\n${secret}\nThe secret is shown only now.\n`);
        return 0;
      }
      case 'list': {
        const { webhooks } = await read(listWebhooks, webhookList, {});
        write(webhooks, webhooks.map((webhook) => `${webhookLine(webhook)}\n`).join(''));
        return 0;
      }
      case 'remove':
        await invokeAsOwner(assembly, deleteWebhook, { id: id() }, { signal });
        return 0;
      case 'rotate': {
        const { secret } = await read(rotateSecret, rotatedSecret, { id: id() });
        write({ secret }, `${secret}\nThe secret is shown only now; the one before signs beside it for a day.\n`);
        return 0;
      }
      case 'on':
        await invokeAsOwner(assembly, updateWebhook, { id: id(), isOn: true }, { signal });
        return 0;
      case 'test': {
        const tested = await read(tryWebhook, testedWebhook, { id: id() });
        if (!tested.isDelivered) throw new AppError('UNAVAILABLE', `Not delivered: ${tested.failure ?? ''}.`);
        write(tested, `Delivered: HTTP ${tested.status ?? ''}.\n`);
        return 0;
      }
      case 'deliveries': {
        const { deliveries } = await read(listDeliveries, deliveryList, { id: id() });
        write(deliveries, deliveries.map((delivery) => `${deliveryLine(delivery)}\n`).join(''));
        return 0;
      }
      case 'resend':
        await invokeAsOwner(assembly, resendDelivery, { id: needed(word, 'DELIVERY') }, { signal });
        return 0;
      default:
        throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, {
          expected: 'add, list, remove, rotate, on, test, deliveries or resend',
          got: verb,
        });
    }
  });
}
