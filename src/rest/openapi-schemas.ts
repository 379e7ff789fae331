import { errorCodes } from '../core/errors.ts';
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
