import assert from 'node:assert/strict';
import * as z from 'zod';

interface Content {
  readonly schema?: object;
}
interface DocumentedResponse {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Content>>;
}
interface ApiDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, DocumentedResponse>> }>>>
  >;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, DocumentedResponse>>;
  };
}

/** Fails for an answer that the server's own OpenAPI document does not have: its status, its media type or its form. */
export type AssertDocumented = (
  asked: { readonly method: string; readonly path: string },
  response: Response,
  body: string,
) => void;

/** Holds answers against the document that the server at `url` serves. */
export async function documentedAnswers(url: string): Promise<AssertDocumented> {
  const { paths, components } = (await (await fetch(`${url}/openapi.json`)).json()) as ApiDocument;
  const made = new Map<object, z.ZodType>();
  const typeOf = (schema: object): z.ZodType => {
    const known = made.get(schema);
    if (known !== undefined) return known;
    const whole = JSON.stringify({ ...schema, $defs: components.schemas });
    const type = z.fromJSONSchema(
      JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')) as z.core.JSONSchema.JSONSchema,
    );
    made.set(schema, type);
    return type;
  };
  return ({ method, path }, { status, headers }, body) => {
    const what = `${method} ${path} ${status}`;
    const named = paths[path.replace(/\?.*$/, '')]?.[method.toLowerCase()]?.responses[status];
    assert.ok(named, `${what} is not in the document: ${body}`);
    const { content } =
      named.$ref === undefined ? named : (components.responses[named.$ref.split('/').at(-1) ?? ''] ?? {});
    const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
    const schema = (content?.[mediaType] ?? content?.['*/*'])?.schema;
    assert.ok(schema, `${what} has no ${mediaType} in the document: ${body}`);
    if (!mediaType.endsWith('json')) return;
    const { error } = typeOf(schema).safeParse(JSON.parse(body));
    assert.equal(error, undefined, `${what} is not as in the document: ${body}`);
  };
}
