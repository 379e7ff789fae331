import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runInContext } from '../core/context.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { Services } from '../operations/kernel/invoke.ts';
import type { OutboxEntry } from '../safety/outbox/outbox-entry.ts';
import type { SendOutcome } from '../safety/sending.ts';
import { openLineReader } from './login/line-reader.ts';
import { entryAsJson, entryLine, entryText } from './outbox-text.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage = 'outbox [list [--json] [--all]|show ID|approve ID [--hash HASH]|reject ID]';
/** Entries that a list shows at most. */
const listed = 500;
/** What a person may want to do something about, first what waits for them. */
const concerning = ['parked', 'unknown', 'failed', 'sending', 'drafting', 'waiting'] as const;

function readWords(words: readonly string[]) {
  const options = { json: { type: 'boolean' }, all: { type: 'boolean' }, hash: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

function list({ safety }: Services, stdout: CommandContext['stdout'], isAll: boolean, isJson: boolean): void {
  const store = safety.hasOutbox() ? safety.outboxStore() : undefined;
  const open = concerning.flatMap((state) => store?.list({ states: [state], limit: listed }) ?? []);
  const done = isAll ? (store?.list({ states: ['sent', 'rejected', 'cancelled'], limit: listed }) ?? []) : [];
  const entries = [...open, ...done];
  if (isJson) stdout.write(`${JSON.stringify(entries.map(entryAsJson), undefined, 2)}\n`);
  else if (entries.length === 0) stdout.write('Nothing waits in the outbox.\n');
  else stdout.write(entries.map((entry) => `${entryLine(entry)}\n`).join(''));
}

function entryNamed({ safety }: Services, id: string | undefined): OutboxEntry {
  const entry = id === undefined || !safety.hasOutbox() ? undefined : safety.outboxStore().get(id);
  if (entry !== undefined) return entry;
  throw new AppError(
    id === undefined ? 'INVALID_INPUT' : 'NOT_FOUND',
    id === undefined ? 'Which message?' : `There is no message ${id} in the outbox.`,
    { field: 'ID', expected: usage, got: id ?? 'nothing', hint: '`gmail-llm outbox` lists them.' },
  );
}

/** Whether the person at the terminal wants this message sent. Throws `INVALID_INPUT` where there is nobody to ask. */
async function isConfirmed(entry: OutboxEntry, { stderr, signal }: CommandContext): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new AppError('INVALID_INPUT', 'There is no terminal to ask at; nothing was sent.', {
      field: '--hash',
      expected: 'the hash that `show` prints, to approve that very message',
      hint: `gmail-llm outbox show ${entry.id}`,
    });
  }
  stderr.write('Send this message now? Type yes: ');
  const lines = openLineReader(process.stdin);
  try {
    return (await lines.next(signal))?.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}

function outcomeText(outcome: SendOutcome): string {
  switch (outcome.state) {
    case 'sent':
      return `Sent: message ${outcome.message.id}.`;
    case 'waiting':
      return `It leaves at ${outcome.sendsAt}.`;
    case 'parked':
      return 'It still waits for approval.';
  }
}

async function approve(services: Services, entry: OutboxEntry, hash: string | undefined, context: CommandContext) {
  const { stdout, signal } = context;
  if (hash === undefined) {
    stdout.write(entryText(entry));
    if (!(await isConfirmed(entry, context))) {
      stdout.write('Nothing was sent; it still waits.\n');
      return;
    }
  }
  const requestId = randomUUID();
  const outcome = await runInContext({ requestId, transport: 'cli', signal }, async () => {
    const mailbox = await services.accounts.open(entry.account);
    const actor = { transport: 'cli', requestId } as const;
    return services.safety
      .outbox()
      .approve(entry.id, hash ?? entry.contentHash, { mailbox, reader: mailbox, actor, operation: 'outbox approve' });
  });
  stdout.write(`${outcomeText(outcome)}\n`);
}

/**
 * `gmail-llm outbox`: what waits for a person, is open or failed; shows a message whole, sends it as it was shown, or
 * rejects it. Works with servers running and without.
 */
export async function runOutbox(context: CommandContext): Promise<number> {
  const { values, positionals } = readWords(context.arguments);
  const [verb = 'list', id, ...more] = positionals;
  const { all = false, json = false, hash } = values;
  const isTooMuch =
    more.length > 0 ||
    (verb === 'list' ? id !== undefined : all) ||
    (json && verb !== 'list' && verb !== 'show') ||
    (hash !== undefined && verb !== 'approve');
  if (isTooMuch) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `outbox`.', {
      expected: usage,
      got: context.arguments.join(' '),
    });
  }
  const { environment, stdout } = context;
  return withServices(environment, async ({ services }) => {
    switch (verb) {
      case 'list':
        list(services, stdout, all, json);
        return 0;
      case 'show': {
        const entry = entryNamed(services, id);
        stdout.write(json ? `${JSON.stringify(entryAsJson(entry), undefined, 2)}\n` : entryText(entry));
        return 0;
      }
      case 'approve':
        await approve(services, entryNamed(services, id), hash, context);
        return 0;
      case 'reject': {
        const entry = entryNamed(services, id);
        services.safety.outbox().reject(entry.id, { transport: 'cli', requestId: randomUUID() });
        stdout.write('Rejected; it will not be sent.\n');
        return 0;
      }
      default:
        throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, { expected: usage, got: verb });
    }
  });
}
