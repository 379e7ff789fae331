import * as z from 'zod';
import { errorCodes } from '../core/errors.ts';
import { version } from '../core/version.ts';
import type { Operation } from '../operations/operation.ts';
import { maxBodyBytes } from './read-body.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

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

function parameters(operation: Operation, properties: JsonObject, required: readonly Json[]): readonly Json[] {
  return Object.entries(properties).map(([name, property]) => {
    const isInPath = operation.path.includes(`{${name}}`);
    const { description, ...schema } = isObject(property) ? property : {};
    return {
      name,
      in: isInPath ? 'path' : 'query',
      required: isInPath || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

function problems(operation: Operation): JsonObject {
  const codes = operation.method === 'GET' ? [400, 401, 403, 404, 500, 503] : [400, 401, 403, 404, 409, 413, 500, 503];
  return Object.fromEntries(codes.map((code) => [code, { $ref: '#/components/responses/Problem' }]));
}

function pathItem(operation: Operation, components: Map<string, Json>): JsonObject {
  const input = schemaOf(operation.input, 'input', components);
  const properties = propertiesOf(input);
  const required = Array.isArray(input.required) ? input.required : [];
  const takesBody = operation.method !== 'GET' && operation.method !== 'DELETE';
  const content: JsonObject =
    operation.output.kind === 'json'
      ? { 'application/json': { schema: schemaOf(operation.output.schema, 'output', components) } }
      : { [operation.output.mediaType]: { schema: { type: 'string', format: 'binary' } } };
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [tagOf(operation)],
    ...(takesBody
      ? { requestBody: { required: true, content: { 'application/json': { schema: input } } } }
      : { parameters: parameters(operation, properties, required) }),
    responses: { 200: { description: 'The answer.', content }, ...problems(operation) },
  };
}

/** What a route's second segment groups, for the page. */
const tags: Readonly<Record<string, string>> = {
  messages: 'Finding, reading and labelling messages.',
  threads: 'Conversations.',
  profile: 'Whose mailbox it is.',
  labels: 'System labels and your own.',
  history: 'Keeping up with changes.',
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
            description: status === 200 ? 'Yes.' : 'No, with the reason.',
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        ]),
      ),
      403: { $ref: '#/components/responses/Problem' },
    },
  },
});

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

/** The OpenAPI 3.1 document of the REST door, from the operations alone. */
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
  paths['/health/live'] = openPath('health_live', 'Whether the process answers.', [200]);
  paths['/health/ready'] = openPath('health_ready', 'Whether the mailbox can be read.', [200, 503]);
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
