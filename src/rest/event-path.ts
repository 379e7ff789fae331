import { eventKinds } from '../store/feed/event.ts';
import type { JsonObject } from './openapi-json.ts';
import { mostWaitSeconds } from './event-request.ts';

function integer(minimum: number, maximum?: number): JsonObject {
  return { type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) };
}

function parameter(name: string, description: string, schema: JsonObject): JsonObject {
  return { name, in: 'query', description, schema };
}

/** `GET /api/events` as OpenAPI has it. */
export function eventPath(): JsonObject {
  const problems = [400, 401, 403, 404, 500, 503].map((code) => [code, { $ref: '#/components/responses/Problem' }]);
  return {
    get: {
      operationId: 'list_events',
      summary: 'What changed: a stream (Accept: text/event-stream), or a page of JSON; see docs/events.md.',
      tags: ['events'],
      parameters: [
        parameter('after', 'Sequence to read on from; without it, where the feed ends now.', integer(0)),
        parameter('limit', 'Events of one page.', { ...integer(1, 1000), default: 100 }),
        parameter('wait', 'Seconds to wait for the first event; JSON only.', {
          ...integer(0, mostWaitSeconds),
          default: 0,
        }),
        parameter('account', 'Only of these accounts.', { type: 'array', items: { type: 'string' } }),
        parameter('kind', 'Only of these kinds.', { type: 'array', items: { enum: [...eventKinds] } }),
        parameter('q', 'Only of messages that match this query.', { type: 'string', maxLength: 2000 }),
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'Where a stream that was cut off goes on; before `after`.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'The events.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['events', 'after', 'hasMore'],
                properties: {
                  events: { type: 'array', items: { $ref: '#/components/schemas/Event' } },
                  after: { ...integer(0), description: 'Where to read on.' },
                  hasMore: { type: 'boolean' },
                },
              },
            },
            'text/event-stream': { schema: { type: 'string', description: 'The data of each is an Event.' } },
          },
        },
        ...Object.fromEntries(problems),
      },
    },
  };
}
