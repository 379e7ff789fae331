import { maxUploadBytes } from '../safety/uploads.ts';
import { eventPath } from './event-path.ts';
import type { Json, JsonObject } from './openapi-json.ts';
import { healthSchema } from './openapi-schemas.ts';
import { problemsOf } from './openapi-responses.ts';
import { eventsPath } from './serve-events.ts';
import { uploadsPath } from './serve-uploads.ts';

const waitingHeaders: Json = {
  'Retry-After': { description: 'Seconds; where it will be ready by itself.', schema: { type: 'integer' } },
};

const openPath = (operationId: string, summary: string, statuses: readonly number[]): Json => ({
  get: {
    operationId,
    summary,
    tags: ['server'],
    security: [],
    responses: {
      ...Object.fromEntries(
        statuses.map((status) => [
          status,
          {
            description: status === 200 ? 'Ready.' : 'Not ready.',
            ...(status === 200 ? {} : { headers: waitingHeaders }),
            content: { 'application/json': { schema: healthSchema } },
          },
        ]),
      ),
      ...problemsOf([403]),
    },
  },
});

const upload = {
  uploadId: { type: 'string', format: 'uuid' },
  filename: { type: 'string' },
  mimeType: { type: 'string' },
  sizeBytes: { type: 'integer', maximum: maxUploadBytes },
} as const;

/** A JSON answer with these members, all of them there. */
const jsonOf = (properties: JsonObject): JsonObject => ({
  'application/json': { schema: { type: 'object', required: Object.keys(properties), properties } },
});

const bytes: Json = { schema: { type: 'string', format: 'binary' } };

const uploadPath: Json = {
  post: {
    operationId: 'upload',
    summary: 'Keep the bytes of one file for an hour, to be attached to a message by its uploadId.',
    tags: ['uploads'],
    parameters: [{ name: 'filename', in: 'query', required: true, schema: { type: 'string', maxLength: 255 } }],
    // Generated clients send the first type as it is written, and `*/*` is no type: it stays, last, as any type is taken.
    requestBody: { required: true, content: { 'application/octet-stream': bytes, '*/*': bytes } },
    responses: {
      201: {
        description: 'It is kept.',
        headers: { Location: { description: 'Where its facts are.', schema: { type: 'string' } } },
        content: jsonOf({ ...upload, expiresAt: { type: 'string', format: 'date-time' } }),
      },
      ...problemsOf([400, 401, 403, 413, 415, 500, 503]),
    },
  },
};

const uploadFactsPath: Json = {
  get: {
    operationId: 'get_upload',
    summary: 'The facts of an upload of this token.',
    tags: ['uploads'],
    parameters: [{ name: 'uploadId', in: 'path', required: true, schema: { type: 'string' } }],
    responses: {
      200: { description: 'The answer.', content: jsonOf(upload) },
      ...problemsOf([400, 401, 403, 404, 500, 503]),
    },
  },
};

const metricsPath: Json = {
  get: {
    operationId: 'metrics',
    summary: 'Figures in Prometheus text.',
    tags: ['server'],
    responses: {
      200: { description: 'The figures.', content: { 'text/plain': { schema: { type: 'string' } } } },
      ...problemsOf([401]),
    },
  },
};

/** What is served besides the operations. */
export const otherPaths: JsonObject = {
  [uploadsPath]: uploadPath,
  [`${uploadsPath}/{uploadId}`]: uploadFactsPath,
  [eventsPath]: eventPath(),
  '/health/live': openPath('health_live', 'Whether the process answers.', [200]),
  '/health/ready': openPath('health_ready', 'Whether calls can be served, and what does not work.', [200, 503]),
  '/metrics': metricsPath,
};
