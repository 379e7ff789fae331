import * as z from 'zod';
import { errorCodes } from '../core/errors.ts';
import { version } from '../core/version.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { maxUploadBytes } from '../safety/uploads.ts';
import { eventPath } from './event-path.ts';
import type { Json, JsonObject } from './openapi-json.ts';
import { maxBodyBytes } from './read-body.ts';
import { eventsPath } from './serve-events.ts';
import { uploadsPath } from './serve-uploads.ts';

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema as OpenAPI has it: named parts move to `components`, where they are shared. */
function schemaOf(type: z.ZodType, io: 'input' | 'output', components: Map<string, Json>): JsonObject {
  const schema: unknown = z.toJSONSchema(type, { io });
  const rewritten = moveDefinitions(JSON.parse(JSON.stringify(schema)), components);
  return isObject(rewritten) ? rewritten : {};
}

function moveDefinitions(value: Json, components: Map<string, Json>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => moveDefinitions(item, components));
  if (!isObject(value)) return value;
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    // `readOnly` says of TypeScript what OpenAPI would take as a rule for requests.
    if (key === '$schema' || (key === 'readOnly' && item === true)) continue;
    if (key === '$defs' && isObject(item)) {
      for (const [name, definition] of Object.entries(item))
        components.set(name, moveDefinitions(definition, components));
    } else if (key === '$ref' && typeof item === 'string') {
      entries.push([key, item.replace('#/$defs/', '#/components/schemas/')]);
    } else entries.push([key, moveDefinitions(item, components)]);
  }
  return Object.fromEntries(entries);
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema.properties) ? schema.properties : {};
}

function isInPath(operation: Operation, name: string): boolean {
  return operation.path.includes(`{${name}}`);
}

function parameters(
  operation: Operation,
  fields: readonly (readonly [name: string, schema: Json])[],
  required: readonly Json[],
): readonly Json[] {
  return fields.map(([name, property]) => {
    const { description, ...schema } = isObject(property) ? property : {};
    return {
      name,
      in: isInPath(operation, name) ? 'path' : 'query',
      required: isInPath(operation, name) || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

const idempotencyHeader: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same as the field idempotencyKey.',
  schema: { type: 'string' },
};

/** Where a request has its fields: those of the path as parameters, the others as parameters or in the body. */
function requestParts(operation: Operation, input: JsonObject): JsonObject {
  const fields = Object.entries(propertiesOf(input));
  const required = Array.isArray(input.required) ? input.required : [];
  if (operation.method === 'GET' || operation.method === 'DELETE') {
    return { parameters: parameters(operation, fields, required) };
  }
  const inPath = fields.filter(([name]) => isInPath(operation, name));
  const inBody = fields.filter(([name]) => !isInPath(operation, name));
  const requiredInBody = inBody.flatMap(([name]) => (required.includes(name) ? [name] : []));
  const { properties: _, required: __, ...rest } = input;
  const schema = {
    ...rest,
    properties: Object.fromEntries(inBody),
    ...(requiredInBody.length === 0 ? {} : { required: requiredInBody }),
  };
  const inHeader = fields.some(([name]) => name === 'idempotencyKey') ? [idempotencyHeader] : [];
  const given = [...parameters(operation, inPath, required), ...inHeader];
  return {
    ...(given.length === 0 ? {} : { parameters: given }),
    requestBody: { required: true, content: { 'application/json': { schema } } },
  };
}

function problems(operation: Operation): JsonObject {
  const reading = [400, 401, 403, 404, 500, 503];
  const codes =
    operation.method === 'GET' ? reading : [...reading, 409, 413, ...(operation.grant === 'send' ? [429, 502] : [])];
  return Object.fromEntries(codes.map((code) => [code, { $ref: '#/components/responses/Problem' }]));
}

function pathItem(operation: Operation, components: Map<string, Json>): JsonObject {
  const content: JsonObject =
    operation.output.kind === 'json'
      ? { 'application/json': { schema: schemaOf(operation.output.schema, 'output', components) } }
      : { [operation.output.mediaType]: { schema: { type: 'string', format: 'binary' } } };
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [tagOf(operation)],
    ...requestParts(operation, schemaOf(operation.input, 'input', components)),
    responses: {
      200: { description: 'The answer.', content },
      ...(operation.canBePending ? { 202: { description: 'Accepted, not sent yet.', content } } : {}),
      ...problems(operation),
    },
  };
}

/** What a route's second segment groups, for the page. */
const tags: Readonly<Record<string, string>> = {
  messages: 'Finding, reading and labelling messages.',
  threads: 'Conversations.',
  profile: "The account's profile.",
  labels: 'System labels and your own.',
  drafts: 'Drafts.',
  filters: 'What is done with mail as it arrives.',
  settings: 'The automatic answer, addresses to send as, forwarding, delegates, IMAP, POP, language.',
  history: 'Keeping up with changes.',
  events: 'What changed, as it happens.',
  uploads: 'Files to be attached.',
  undo: 'Taking changes back.',
  accounts: 'Whose mail there is.',
  outbox: 'What became of a send.',
  admin: 'The installation: for the grant admin.',
  server: 'Health and figures.',
};

function tagOf(operation: Operation): string {
  const tag = operation.path.split('/')[2] ?? '';
  if (!Object.hasOwn(tags, tag)) throw new Error(`${operation.path} has no description of its group ${tag}`);
  return tag;
}

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
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        ]),
      ),
      403: { $ref: '#/components/responses/Problem' },
    },
  },
});

const uploadPath: Json = {
  post: {
    operationId: 'upload',
    summary: 'Keep the bytes of one file for an hour, to be attached to a message by its uploadId.',
    tags: ['uploads'],
    parameters: [{ name: 'filename', in: 'query', required: true, schema: { type: 'string', maxLength: 255 } }],
    requestBody: { required: true, content: { '*/*': { schema: { type: 'string', format: 'binary' } } } },
    responses: {
      201: {
        description: 'It is kept.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['uploadId', 'filename', 'mimeType', 'sizeBytes', 'expiresAt'],
              properties: {
                uploadId: { type: 'string', format: 'uuid' },
                filename: { type: 'string' },
                mimeType: { type: 'string' },
                sizeBytes: { type: 'integer', maximum: maxUploadBytes },
                expiresAt: { type: 'string', format: 'date-time' },
              },
            },
          },
        },
      },
      ...Object.fromEntries(
        [400, 401, 403, 413, 500, 503].map((code) => [code, { $ref: '#/components/responses/Problem' }]),
      ),
    },
  },
};

const problemSchema: Json = {
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

/** The OpenAPI 3.1 document of the REST server, from the operations alone. */
export function buildOpenApi(operations: readonly Operation[]): JsonObject {
  const components = new Map<string, Json>();
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const before = paths[operation.path];
    paths[operation.path] = {
      ...(isObject(before) ? before : {}),
      [operation.method.toLowerCase()]: pathItem(operation, components),
    };
  }
  paths[uploadsPath] = uploadPath;
  paths[eventsPath] = eventPath();
  paths['/health/live'] = openPath('health_live', 'Whether the process answers.', [200]);
  paths['/health/ready'] = openPath('health_ready', 'Whether calls can be served, and what does not work.', [200, 503]);
  paths['/metrics'] = {
    get: {
      operationId: 'metrics',
      summary: 'Figures in Prometheus text.',
      tags: ['server'],
      responses: {
        200: { description: 'The figures.', content: { 'text/plain': { schema: { type: 'string' } } } },
        401: { $ref: '#/components/responses/Problem' },
      },
    },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'gmail-llm',
      version,
      description: `Gmail for the programs of this host. Bodies are JSON of at most ${maxBodyBytes} bytes; errors are problem details (RFC 9457).`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'What `gmail-llm token` prints.' } },
      schemas: { ...Object.fromEntries(components), Problem: problemSchema },
      responses: {
        Problem: {
          description: 'What went wrong, what was expected, what to do.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}
