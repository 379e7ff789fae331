import * as z from 'zod';
import { transports } from '../../core/context.ts';
import { integerOf, textOf, type Row } from '../columns.ts';
import { errorCodes, type ErrorCode } from '../../core/errors.ts';
import type { Actor } from '../../core/actor.ts';
import { sendStates, type SendState } from './send-states.ts';

const addresses = z.array(z.string());
const facts = z.object({
  from: z.string(),
  to: addresses,
  cc: addresses,
  bcc: addresses,
  subject: z.string(),
  /** Empty once the send is final. */
  text: z.string(),
  attachments: z.array(z.object({ filename: z.string(), mimeType: z.string(), sizeBytes: z.number() })),
  warnings: z.array(z.string()),
});

/** Up to 0.2 the field `transport` was called `door`. */
function withTransport(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || !('door' in stored)) return stored;
  const { door: transport, ...others } = stored;
  return { transport, ...others };
}

const actorFields = z.object({
  transport: z.enum(transports),
  requestId: z.string(),
  tokenName: z.string().optional(),
  client: z.string().optional(),
  callId: z.string().optional(),
});
const actor = z.preprocess(withTransport, actorFields);

const progress = z.object({
  draftId: z.string().optional(),
  /** Of a draft that the outbox made, the id of its message, which is new after every change. */
  draftMessageId: z.string().optional(),
  /** Where the mailbox's history stood before this draft was first sent. */
  startHistoryId: z.string().optional(),
  /** When this draft was last sent, or the request for it ended without an answer; milliseconds since 1970. */
  attemptedMs: z.number().optional(),
  /** Whether the caller was told that it will leave by itself. */
  isPromised: z.boolean().optional(),
  /** Why a person rejected it. */
  reason: z.string().optional(),
  result: z.object({ id: z.string(), threadId: z.string(), labelIds: z.array(z.string()) }).optional(),
  failure: z
    .object({
      code: z.string().transform((code): ErrorCode => (isErrorCode(code) ? code : 'INTERNAL')),
      message: z.string(),
      retryAt: z.string().optional(),
    })
    .optional(),
});

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

/** What is known of a send beyond its message. */
export type SendProgress = z.output<typeof progress>;

/** A message in the outbox. */
export interface OutboxEntry {
  readonly id: string;
  readonly account: string;
  readonly key: string | undefined;
  readonly contentHash: string;
  readonly state: SendState;
  readonly createdMs: number;
  readonly changedMs: number;
  /** When a waiting message leaves. */
  readonly sendsAtMs: number;
  readonly operation: string;
  readonly actor: Actor;
  readonly message: z.output<typeof facts>;
  readonly threadId: string | undefined;
  /** Whether the caller named the draft: then it is not ours to change or clear away. */
  readonly isCallersDraft: boolean;
  /** Whether the audit log still lacks the end of the last attempt. */
  readonly isUnaudited: boolean;
  readonly progress: SendProgress;
}

/** Reads a row of the table `send`. */
export function entryOf(row: Row): OutboxEntry {
  return {
    id: textOf(row, 'id'),
    account: textOf(row, 'account'),
    key: row.key === null ? undefined : textOf(row, 'key'),
    contentHash: textOf(row, 'content_hash'),
    state: z.enum(sendStates).parse(row.state),
    createdMs: integerOf(row, 'created_ms'),
    changedMs: integerOf(row, 'changed_ms'),
    sendsAtMs: integerOf(row, 'sends_at_ms'),
    operation: textOf(row, 'operation'),
    actor: actor.parse(JSON.parse(textOf(row, 'actor'))),
    message: facts.parse(JSON.parse(textOf(row, 'facts'))),
    threadId: row.thread_id === null ? undefined : textOf(row, 'thread_id'),
    isCallersDraft: integerOf(row, 'is_callers_draft') === 1,
    isUnaudited: integerOf(row, 'is_unaudited') === 1,
    progress: progress.parse(JSON.parse(textOf(row, 'progress'))),
  };
}
