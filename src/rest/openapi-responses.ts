import type { Operation } from '../operations/kernel/operation.ts';
import type { Json, JsonObject } from './openapi-json.ts';

const problem: Json = { $ref: '#/components/responses/Problem' };

/** Statuses of problems, as references to the one description of them. */
export function problemsOf(statuses: readonly number[]): JsonObject {
  return Object.fromEntries(statuses.map((status) => [status, problem]));
}

/** What any operation can fail with: input, token, grant, account, state, size, throttling, faults, what a backend cannot do or reach. */
const always = [400, 401, 403, 404, 409, 413, 429, 500, 501, 503];

/** What a change can fail with besides: its body's type, and a change of which nobody knows. */
const ofChanges = [415, 502];

const location = (description: string): JsonObject => ({
  Location: { description, schema: { type: 'string', format: 'uri-reference' } },
});
const tagged: JsonObject = {
  ETag: { description: 'For If-None-Match: 304 says that nothing has changed.', schema: { type: 'string' } },
};

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

/** Headers that a GET of one thing takes. */
export function conditionalHeaders(operation: Operation): readonly Json[] {
  if (!isTagged(operation)) return [];
  return [
    header('If-None-Match', 'The ETag of an answer that is at hand.'),
    ...(operation.output.kind === 'file' ? [header('Range', 'A part of the bytes: bytes=0-1023.')] : []),
  ];
}

/** Whether the answer has an ETag: one thing that has an address. */
function isTagged({ method, path }: Operation): boolean {
  return method === 'GET' && path.includes('{');
}

/** All that an operation answers. `content` is of what it did; `isMade` where that is something new with an address. */
export function responsesOf(
  operation: Operation,
  content: JsonObject,
  { isMade, contentOf200 }: { readonly isMade: boolean; readonly contentOf200: JsonObject },
): JsonObject {
  const isGet = operation.method === 'GET';
  const isFile = operation.output.kind === 'file';
  const description = isMade ? 'A dry run: what would be made.' : 'The answer.';
  return {
    200: { description, ...(isTagged(operation) ? { headers: tagged } : {}), content: contentOf200 },
    ...(isMade ? { 201: { description: 'Made.', headers: location('Where it is.'), content } } : {}),
    ...(operation.canBePending
      ? { 202: { description: 'Accepted, not sent yet.', headers: location('Where to look for it.'), content } }
      : {}),
    ...(isFile ? { 206: { description: 'The part that Range asked for.', content } } : {}),
    ...(isTagged(operation) ? { 304: { description: 'Unchanged.' } } : {}),
    ...problemsOf([...always, ...(isFile ? [416] : []), ...(isGet ? [] : ofChanges)]),
  };
}
