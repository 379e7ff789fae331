import { errorCodes } from '../core/errors.ts';
import { eventKinds } from '../store/feed/event.ts';
import type { Json } from './openapi-json.ts';

/** RFC 9457 problem details, with our own members. */
export const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    requestId: { type: 'string' },
    field: { type: 'string' },
    expected: { type: 'string' },
    got: { type: 'string' },
    position: { type: 'integer' },
    hint: { type: 'string' },
    retryAt: { type: 'string', format: 'date-time' },
    faults: { type: 'array', items: { type: 'string' } },
  },
};

/** The answer of a change that was only to be shown. */
export const dryRunSchema: Json = {
  type: 'object',
  required: ['dryRun', 'method', 'target'],
  properties: {
    dryRun: { const: true },
    method: { type: 'string' },
    target: { description: 'What the change would be made of.' },
    from: { description: 'What is there now, or null.' },
  },
};

const text: Json = { type: 'string' };
const texts: Json = { type: 'array', items: text };

/** One change of the feed; docs/events.md has what each kind comes with. */
export const eventSchema: Json = {
  type: 'object',
  required: ['sequence', 'at', 'account', 'kind', 'ids', 'cause'],
  properties: {
    sequence: { type: 'integer', description: 'Grows with every event; never used twice.' },
    at: { type: 'string', format: 'date-time' },
    account: { type: 'string', description: 'Empty for what is of the installation as a whole.' },
    kind: { type: 'string', enum: [...eventKinds] },
    ids: {
      type: 'object',
      description: 'What was changed: which of them there are follows from the kind.',
      properties: {
        messageId: text,
        threadId: text,
        labelIds: texts,
        addedLabelIds: texts,
        removedLabelIds: texts,
        draftId: text,
        labelId: text,
        filterId: text,
        outboxId: text,
        webhookId: text,
        setting: text,
      },
    },
    state: { type: 'string', description: 'What it became.' },
    cause: {
      type: 'object',
      required: ['by'],
      properties: {
        by: { type: 'string', enum: ['call', 'arrival', 'mailbox', 'google', 'job'] },
        requestId: text,
        operation: text,
        tokenName: text,
        job: text,
      },
    },
  },
};

/** What `/health/ready` says, and of it what `/health/live` does. More of it is for those who show a token. */
export const healthSchema: Json = {
  type: 'object',
  required: ['status', 'version', 'pid'],
  properties: {
    status: { type: 'string', enum: ['live', 'ready', 'degraded', 'unready'] },
    reasons: { type: 'array', items: text, description: 'Codes of what does not work.' },
    version: text,
    pid: { type: 'integer' },
    account: { type: 'string', description: 'Whose mail is meant where a call names no account.' },
    details: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: text, message: text, account: text, job: text, hint: text },
      },
    },
    reason: text,
    hint: text,
    requestId: text,
  },
};
