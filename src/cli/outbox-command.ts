import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { approveSend, cancelSend, rejectSend, retrySend } from '../operations/admin/decide-send.ts';
import { getOutboxEntry } from '../operations/admin/get-outbox-entry.ts';
import { listOutbox, outboxList } from '../operations/admin/list-outbox.ts';
import { entryLine, entryText } from '../operations/admin/outbox-text.ts';
import { outboxEntry, type OutboxEntryView } from '../operations/admin/outbox-view.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import type { Caller } from '../operations/kernel/services.ts';
import type { Assembly } from '../server/assemble.ts';
import { valueFor } from './as-owner.ts';
import { askYes } from './ask-yes.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage =
  'outbox [list [--json] [--all]|show ID|approve ID [--hash HASH]|reject ID [--reason TEXT]|cancel ID|retry ID]';

/** The verbs with the options that each takes; all but `list` name a message. */
const optionsOf = {
  list: ['all', 'json'],
  show: ['json'],
  approve: ['hash'],
  reject: ['reason'],
  cancel: [],
  retry: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Verb = keyof typeof optionsOf;

function isVerb(word: string): word is Verb {
  return Object.hasOwn(optionsOf, word);
}

function readWords(words: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  const options = { json: flag, all: flag, hash: text, reason: text };
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [verb = 'list', id, ...more] = positionals;
    if (!isVerb(verb)) throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, { expected: usage, got: verb });
    const allowed: readonly string[] = optionsOf[verb];
    const isTooMuch = more.length > 0 || (verb === 'list' && id !== undefined);
    if (isTooMuch || Object.keys(values).some((name) => !allowed.includes(name))) {
      throw new AppError('INVALID_INPUT', 'Unexpected argument for `outbox`.', {
        expected: usage,
        got: words.join(' '),
      });
    }
    return { verb, id, values };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/** Throws `FORBIDDEN` where nobody sits at a terminal: a program with a shell must not approve what it asked for. */
function requireTerminal(id: string): void {
  if (process.stdin.isTTY) return;
  throw new AppError('FORBIDDEN', 'A message is approved at a terminal; nothing was sent.', {
    expected: 'a person at a terminal',
    got: 'no terminal',
    hint: `Run \`gmail-llm outbox approve ${id}\` in a terminal of your own.`,
  });
}

function outcomeText({ state, messageId, sendsAt }: OutboxEntryView): string {
  if (state === 'sent') return `Sent: message ${messageId}.`;
  return state === 'waiting' ? `Scheduled for ${sendsAt}.` : 'It still waits for approval.';
}

/** What a command about one message works with. */
interface Parts {
  readonly assembly: Assembly;
  readonly context: CommandContext;
  readonly id: string;
}

function decide(
  { assembly, context, id }: Parts,
  operation: Operation,
  fields: object = {},
  approver: Pick<Caller, 'approver'> = {},
): Promise<OutboxEntryView> {
  const { signal } = context;
  return valueFor(assembly, operation, outboxEntry, { id, ...fields }, { signal, ...approver });
}

async function approve(parts: Parts, hash: string | undefined): Promise<string> {
  const { context, id } = parts;
  const entry = await decide(parts, getOutboxEntry);
  requireTerminal(id);
  if (hash === undefined) {
    context.stdout.write(`${entryText(entry)}\n`);
    if (!(await askYes('Send this message now?', context))) return 'Nothing was sent; it still waits.';
  }
  const fields = { contentHash: hash ?? entry.contentHash };
  return outcomeText(await decide(parts, approveSend, fields, { approver: 'terminal' }));
}

async function list({ assembly, context }: Omit<Parts, 'id'>, isAll: boolean, isJson: boolean): Promise<string> {
  const { signal } = context;
  const { entries } = await valueFor(assembly, listOutbox, outboxList, { all: isAll }, { signal });
  if (isJson) return JSON.stringify(entries, undefined, 2);
  return entries.length === 0 ? 'Nothing waits in the outbox.' : entries.map(entryLine).join('\n');
}

async function run(verb: Exclude<Verb, 'list'>, parts: Parts, values: ReturnType<typeof readWords>['values']) {
  switch (verb) {
    case 'show': {
      const entry = await decide(parts, getOutboxEntry);
      return values.json === true ? JSON.stringify(entry, undefined, 2) : entryText(entry);
    }
    case 'approve':
      return approve(parts, values.hash);
    case 'reject':
      await decide(parts, rejectSend, values.reason === undefined ? {} : { reason: values.reason });
      return 'Rejected; it will not be sent.';
    case 'cancel':
      await decide(parts, cancelSend);
      return 'Cancelled; it will not be sent.';
    case 'retry':
      return outcomeText(await decide(parts, retrySend));
  }
}

/**
 * `gmail-llm outbox`: what waits for a person, is open or failed; shows a message whole, sends it as it was shown, rejects,
 * cancels or retries it. Works with servers running and without.
 */
export async function runOutbox(context: CommandContext): Promise<number> {
  const { verb, id, values } = readWords(context.arguments);
  return withServices(context.environment, async (assembly) => {
    if (verb === 'list') {
      context.stdout.write(`${await list({ assembly, context }, values.all === true, values.json === true)}\n`);
      return 0;
    }
    if (id === undefined) {
      throw new AppError('INVALID_INPUT', 'Which message?', {
        field: 'ID',
        expected: usage,
        got: 'nothing',
        hint: '`gmail-llm outbox` lists them.',
      });
    }
    context.stdout.write(`${await run(verb, { assembly, context, id }, values)}\n`);
    return 0;
  });
}
