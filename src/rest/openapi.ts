import * as z from 'zod';
import { version } from '../core/version.ts';
import { answerOriginSchema } from '../operations/kernel/answer-origin.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { fieldTypes } from '../operations/kernel/text-fields.ts';
import { itemPaths } from './created-at.ts';
import { examples } from './openapi-examples.ts';
import type { Json, JsonObject } from './openapi-json.ts';
import { conditionalHeaders, responsesOf } from './openapi-responses.ts';
import { dryRunSchema, eventSchema, problemSchema } from './openapi-schemas.ts';
import { otherPaths } from './other-paths.ts';
import { maxBodyBytes } from './read-body.ts';
import { linesType } from './send-answer.ts';
import { summaryOf } from './rest-summaries.ts';
import { placeOf } from './router.ts';

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema as OpenAPI has it: named parts move to `components`, where they are shared. */
function schemaOf(type: z.ZodType, io: 'input' | 'output', components: Map<string, Json>): JsonObject {
  const schema: unknown = z.toJSONSchema(type, { io });
  const rewritten = moveDefinitions(JSON.parse(JSON.stringify(schema)), components, io);
  return isObject(rewritten) ? rewritten : {};
}

function moveDefinitions(value: Json, components: Map<string, Json>, io: 'input' | 'output'): Json {
  if (Array.isArray(value)) return value.map((item: Json) => moveDefinitions(item, components, io));
  if (!isObject(value)) return value;
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    // `readOnly` says of TypeScript what OpenAPI would take as a rule for requests.
    if (key === '$schema' || (key === 'readOnly' && item === true)) continue;
    // A later version may answer more: a client that was made from this document must not refuse that.
    if (io === 'output' && key === 'additionalProperties' && item === false) continue;
    if (key === '$defs' && isObject(item)) {
      for (const [name, definition] of Object.entries(item))
        components.set(name, moveDefinitions(definition, components, io));
    } else if (key === '$ref' && typeof item === 'string') {
      entries.push([key, item.replace('#/$defs/', '#/components/schemas/')]);
    } else entries.push([key, moveDefinitions(item, components, io)]);
  }
  return Object.fromEntries(entries);
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema.properties) ? schema.properties : {};
}

function isInPath(operation: Operation, name: string): boolean {
  return operation.path.includes(`{${name}}`);
}

/** A field of the example's request, as a parameter shows it. */
function exampleOf({ name }: Operation, field: string): JsonObject {
  const example = examples[name]?.request[field];
  return example === undefined ? {} : { example };
}

type Fields = readonly (readonly [name: string, schema: Json])[];

function parameters(operation: Operation, fields: Fields, required: readonly Json[]): readonly JsonObject[] {
  return fields.map(([name, property]) => {
    const { description, ...schema } = isObject(property) ? property : {};
    const isRequired = isInPath(operation, name) || required.includes(name);
    return {
      name,
      in: isInPath(operation, name) ? 'path' : 'query',
      required: isRequired,
      ...(description === undefined ? {} : { description }),
      schema,
      // The API's page fills in every example, and who tries a call wants no filter that they have not chosen.
      ...(isRequired ? exampleOf(operation, name) : {}),
    };
  });
}

/** A parameter that counts in one form of a request only: with the parameter `marker`, or with another body. */
function ofVariant(parameter: JsonObject, marker: string): JsonObject {
  const { example: _, description, schema, ...others } = parameter;
  // The API's page sends every default, and in the other form the field is one too many.
  const { default: __, ...plain } = isObject(schema) ? schema : {};
  const when = parameter.name === marker ? [] : [`With ${marker} only.`];
  const words = [...(typeof description === 'string' ? [description] : []), ...when].join(' ');
  return { ...others, description: words, required: false, schema: plain };
}

const rawType = 'message/rfc822';

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
    return { parameters: [...parameters(operation, fields, required), ...conditionalHeaders(operation)] };
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
  const given = [...parameters(operation, inPath, required), ...inHeader, ...besideRaw(operation, fields)];
  const example = examples[operation.name]?.request;
  const shown = Object.fromEntries(Object.entries(example ?? {}).filter(([name]) => !isInPath(operation, name)));
  const json = { schema, ...(example === undefined ? {} : { example: shown }) };
  return {
    ...(given.length === 0 ? {} : { parameters: given }),
    requestBody: { required: true, content: { 'application/json': json, ...rawContent(fields) } },
  };
}

function takesRaw(fields: Fields): boolean {
  return fields.some(([name]) => name === 'raw');
}

/** The media type of a body that is the message itself, where the fields have one. */
function rawContent(fields: Fields): JsonObject {
  return takesRaw(fields) ? { [rawType]: { schema: { type: 'string', format: 'binary' } } } : {};
}

/** What such a body leaves no room for, and is said in the query. */
function besideRaw(operation: Operation, fields: Fields): readonly Json[] {
  if (!takesRaw(fields)) return [];
  const others = fields.filter(([name]) => ['labelIds', 'account', 'dryRun'].includes(name));
  return parameters(operation, others, []).map((parameter) => ofVariant(parameter, `a body of ${rawType}`));
}

/** Whether an answer is served as lines too: as `sendAnswer` has it, one that begins with its only list. */
function isList(schema: JsonObject): boolean {
  const types = Object.values(propertiesOf(schema)).map((part) => memberOf(part, 'type'));
  return types.indexOf('array') === 0 && types.lastIndexOf('array') === 0;
}

/** A successful answer in the forms that there are. */
function contentOf({ name, method, output, readsMailbox }: Operation, components: Map<string, Json>): JsonObject {
  if (output.kind === 'file') return { [output.mediaType]: { schema: { type: 'string', format: 'binary' } } };
  const own = schemaOf(output.schema, 'output', components);
  const origin = readsMailbox && isObject(own.properties) ? schemaOf(answerOriginSchema, 'output', components) : {};
  const schema: JsonObject = isObject(own.properties)
    ? { ...own, properties: { ...own.properties, ...propertiesOf(origin) } }
    : own;
  const example = examples[name]?.answer;
  return {
    'application/json': { schema, ...(example === undefined ? {} : { example }) },
    ...(method === 'GET' && isList(own) ? { [linesType]: { schema: { type: 'string' } } } : {}),
  };
}

const dryRun = { $ref: '#/components/schemas/DryRun' };

/** What status 200 comes with: a dry run has it too, and nothing else where what is made is answered by 201. */
function contentOf200(operation: Operation, content: JsonObject, isMade: boolean): JsonObject {
  if (isMade) return { 'application/json': { schema: dryRun } };
  const { 'application/json': json, ...others } = content;
  if (!isObject(json) || !fieldTypes(operation).has('dryRun')) return content;
  return { 'application/json': { ...json, schema: { anyOf: [json.schema ?? {}, dryRun] } }, ...others };
}

function pathItem(operation: Operation, components: Map<string, Json>, isMade: boolean): JsonObject {
  const content = contentOf(operation, components);
  return {
    operationId: operation.name,
    summary: summaryOf(operation),
    tags: [tagOf(operation)],
    ...requestParts(operation, schemaOf(operation.input, 'input', components)),
    responses: responsesOf(operation, content, { isMade, contentOf200: contentOf200(operation, content, isMade) }),
  };
}

function successContent({ responses }: JsonObject): JsonObject {
  const content = memberOf(memberOf(responses, '200'), 'content');
  return isObject(content) ? content : {};
}

/** The schema of a successful JSON answer. */
function successSchema(item: JsonObject): Json {
  return memberOf(successContent(item)['application/json'], 'schema') ?? {};
}

function parametersOf({ parameters }: JsonObject): readonly JsonObject[] {
  return Array.isArray(parameters) ? parameters.filter((one) => isObject(one)) : [];
}

/** An operation's path item with that of another which is at the same address and is asked for by a field in its query. */
function withVariant(item: JsonObject, variant: JsonObject, { path, summary }: Operation): JsonObject {
  const { marker } = placeOf({ path });
  const own = parametersOf(item);
  const extra = parametersOf(variant).filter(({ name }) => own.every((one) => one.name !== name));
  const schema = { anyOf: [successSchema(item), successSchema(variant)] };
  return {
    ...item,
    parameters: [...own, ...extra.map((parameter) => ofVariant(parameter, marker))],
    responses: {
      ...(isObject(item.responses) ? item.responses : {}),
      200: {
        description: `The answer. With ${marker}: ${summary}`,
        content: { ...successContent(item), 'application/json': { schema } },
      },
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
  const tag = placeOf(operation).path.split('/')[2] ?? '';
  if (!Object.hasOwn(tags, tag)) throw new Error(`${operation.path} has no description of its group ${tag}`);
  return tag;
}

/** The OpenAPI 3.1 document of the REST server, from the operations alone. */
export function buildOpenApi(operations: readonly Operation[]): JsonObject {
  const components = new Map<string, Json>();
  const paths: Record<string, Json> = {};
  const made = itemPaths(operations);
  for (const operation of operations) {
    const { path } = placeOf(operation);
    const before = paths[path];
    const others = isObject(before) ? before : {};
    const method = operation.method.toLowerCase();
    const item = pathItem(operation, components, made.has(operation));
    const base = others[method];
    paths[path] = { ...others, [method]: isObject(base) ? withVariant(base, item, operation) : item };
  }
  Object.assign(paths, otherPaths);
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
      schemas: { ...Object.fromEntries(components), Problem: problemSchema, DryRun: dryRunSchema, Event: eventSchema },
      responses: {
        Problem: {
          description: 'What went wrong, what was expected, what to do.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}
