import * as z from 'zod';
import { transports } from '../../core/context.ts';
import { AppError, errorCodes, type ErrorCode } from '../../core/errors.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import { keptMs } from '../../store/outbox/outbox-store.ts';
import { sendStates } from '../../store/outbox/send-states.ts';
import type { HomeCall } from '../kernel/home-call.ts';
import { isoTime } from './iso-time.ts';

const addresses = z.array(z.string()).readonly();
const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** An entry of the outbox, without its message's bytes. */
export const outboxEntry = z
  .object({
    id: z.string(),
    account: z.string(),
    state: z.enum(sendStates),
    contentHash: z.string().describe('SHA-256 of what was asked: what a person approves.'),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
    keptUntil: z.iso.datetime().describe('When it is forgotten, sent or not, if nothing happens to it.'),
    sendsAt: z.iso.datetime().optional().describe('When it leaves, while it waits.'),
    operation: z.string(),
    transport: z.enum(transports),
    requestId: z.string(),
    tokenName: z.string().optional(),
    client: z.string().optional().describe('What the client that asked calls itself, unchecked.'),
    threadId: z.string().optional().describe('The conversation that it is put into.'),
    from: z.string(),
    to: addresses,
    cc: addresses,
    bcc: addresses,
    subject: z.string(),
    text: z.string().describe('Empty once it is final.'),
    source: z.string().optional().describe('Of one entry, if asked for: the start of the message as it will be sent.'),
    attachments: z
      .array(z.object({ filename: z.string(), mimeType: z.string(), sizeBytes: z.number() }).readonly())
      .readonly(),
    warnings: z.array(z.string()).readonly(),
    messageId: z.string().optional().describe('Of the sent message.'),
    failure: z
      .object({ code: z.string().refine(isErrorCode), message: z.string(), retryAt: z.string().optional() })
      .readonly()
      .optional(),
    reason: z.string().optional().describe('Why a person rejected it.'),
  })
  .readonly()
  .meta({ id: 'OutboxEntry' });

export type OutboxEntryView = z.output<typeof outboxEntry>;

/** An entry as it is shown. */
export function viewEntry(entry: OutboxEntry): OutboxEntryView {
  const { id, account, state, contentHash, createdMs, changedMs, sendsAtMs, operation } = entry;
  const { actor, message, progress, threadId } = entry;
  return {
    id,
    account,
    state,
    contentHash,
    createdAt: isoTime(createdMs),
    changedAt: isoTime(changedMs),
    keptUntil: isoTime(changedMs + keptMs),
    ...(state === 'waiting' ? { sendsAt: isoTime(sendsAtMs) } : {}),
    operation,
    transport: actor.transport,
    requestId: actor.requestId,
    ...(actor.tokenName === undefined ? {} : { tokenName: actor.tokenName }),
    ...(actor.client === undefined ? {} : { client: actor.client }),
    ...(threadId === undefined ? {} : { threadId }),
    ...message,
    ...(progress.result === undefined ? {} : { messageId: progress.result.id }),
    ...(progress.failure === undefined ? {} : { failure: progress.failure }),
    ...(progress.reason === undefined ? {} : { reason: progress.reason }),
  };
}

/** The id of an entry, as every operation about one takes it. */
export const outboxId = z.string().regex(/^[\w-]{1,64}$/, 'expected an id from list_outbox');

/** The entry of an id that the caller may see. Throws `NOT_FOUND`. */
export async function findEntry(id: string, { services: { safety }, account }: HomeCall): Promise<OutboxEntry> {
  const entry = safety.hasOutbox() ? await safety.outboxStore().get(id) : undefined;
  if (entry !== undefined && (account === undefined || entry.account === account)) return entry;
  throw new AppError('NOT_FOUND', `There is no message ${id} in the outbox.`, {
    field: 'id',
    got: id,
    hint: '`gmail-llm outbox` lists them.',
  });
}
