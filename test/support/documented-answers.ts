import assert from 'node:assert/strict';
import * as z from 'zod';

interface DocumentedResponse {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}
type PathItem = Readonly<Record<string, { readonly responses: Readonly<Record<string, DocumentedResponse>> }>>;
interface ApiDocument {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, DocumentedResponse>>;
  };
}

/** The document of every server of a process is the same. */
let known: Promise<ApiDocument> | undefined;
const types = new Map<object, z.ZodType>();

/** What a schema of the document takes. */
function typeOf(schema: object, { components }: ApiDocument): z.ZodType {
  const made = types.get(schema);
  if (made !== undefined) return made;
  const whole = JSON.stringify({ ...schema, $defs: components.schemas }).replaceAll(
    '#/components/schemas/',
    '#/$defs/',
  );
  const type = z.fromJSONSchema(JSON.parse(whole) as z.core.JSONSchema.JSONSchema);
  types.set(schema, type);
  return type;
}

/** The paths of the document that an address can be of: those with fewer fields in them first. */
function itemAt(address: string, { paths }: ApiDocument): PathItem | undefined {
  const [path = ''] = address.split('?');
  const [found] = Object.keys(paths)
    .filter((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .toSorted((left, right) => left.split('{').length - right.split('{').length);
  return found === undefined ? undefined : paths[found];
}

/**
 * Fails for an answer that the OpenAPI document of the server at `url` does not have: its status, its headers, its media type or
 * the form of its JSON. Addresses and methods that it does not have are no operation's.
 */
export async function assertDocumented(
  url: string,
  { method, path }: { readonly method: string; readonly path: string },
  { status, headers }: Response,
  body: string,
): Promise<void> {
  known ??= fetch(`${url}/openapi.json`).then(async (response) => (await response.json()) as ApiDocument);
  const document = await known;
  const operation = itemAt(path, document)?.[method.toLowerCase()];
  if (operation === undefined) return;
  const what = `${method} ${path} ${status}`;
  const named = operation.responses[status];
  assert.ok(named, `${what} is not in the document: ${body}`);
  const shared = document.components.responses[named.$ref?.split('/').at(-1) ?? ''];
  const { content } = shared ?? named;
  for (const name of Object.keys(named.headers ?? {})) assert.ok(headers.has(name), `${what} has no ${name}: ${body}`);
  const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
  const schema = (content?.[mediaType] ?? content?.['*/*'])?.schema;
  assert.ok(schema, `${what} has no ${mediaType} in the document: ${body}`);
  if (!/[/+]json$/.test(mediaType)) return;
  const { error } = typeOf(schema, document).safeParse(JSON.parse(body));
  assert.equal(error, undefined, `${what} is not as in the document: ${body}`);
}
