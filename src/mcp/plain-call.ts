import type { IncomingHttpHeaders } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import type { RequestId } from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject } from '../core/json-object.ts';
import { hasForms } from './has-forms.ts';

const revision = '2026-07-28';
/** The key under which Claude Code says which of a model's tool uses a call is. */
export const toolUseIdKey = 'claudecode/toolUseId';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isId: Check = (value) => typeof value === 'string' || Number.isSafeInteger(value);

function only(expected: unknown): Check {
  return (value) => value === expected;
}

/**
 * An object with these members and no others. By hand, as each call is looked at: a schema of zod takes a tenth of the call.
 */
function objectOf(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check {
  const checks = new Map(Object.entries({ ...required, ...optional }));
  const names = Object.keys(required);
  return (value) =>
    isJsonObject(value) &&
    names.every((name) => Object.hasOwn(value, name)) &&
    Object.keys(value).every((name) => checks.get(name)?.(value[name]) === true);
}

const nothing = objectOf({});

/** A client's capabilities, as far as it is plain what they mean. */
const capabilities = objectOf(
  {},
  {
    elicitation: objectOf({}, { form: nothing, url: nothing }),
    roots: objectOf({}, { listChanged: (value) => typeof value === 'boolean' }),
    sampling: nothing,
  },
);

const clientInfo = objectOf(
  { name: isText, version: isText },
  { title: isText, description: isText, websiteUrl: isText },
);

/** The one form of a call that is read here; every other goes to the SDK. */
const message = objectOf({
  jsonrpc: only('2.0'),
  id: isId,
  method: only('tools/call'),
  params: objectOf(
    {
      name: isText,
      _meta: objectOf(
        { [PROTOCOL_VERSION_META_KEY]: only(revision), [CLIENT_CAPABILITIES_META_KEY]: capabilities },
        { [CLIENT_INFO_META_KEY]: clientInfo, [toolUseIdKey]: isText, progressToken: isId },
      ),
    },
    { arguments: isJsonObject },
  ),
});

/** What {@link message} lets through. */
interface PlainMessage {
  readonly id: RequestId;
  readonly params: {
    readonly name: string;
    readonly arguments?: JsonObject;
    readonly _meta: {
      readonly [CLIENT_CAPABILITIES_META_KEY]: {
        readonly elicitation?: { readonly form?: object; readonly url?: object };
      };
      readonly [CLIENT_INFO_META_KEY]?: { readonly name: string; readonly version: string };
      readonly [toolUseIdKey]?: string;
    };
  };
}

function isPlainMessage(value: unknown): value is PlainMessage {
  return message(value);
}

/** A `tools/call` of 2026-07-28 that is plainly right. */
export interface PlainCall {
  readonly id: RequestId;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly client: { readonly name: string; readonly version: string } | undefined;
  readonly toolUseId: string | undefined;
  /** Whether a person at the client can be asked. */
  readonly hasForms: boolean;
}

/** An object without a member called `__proto__`, which the SDK drops too. */
function withoutPrototype(object: JsonObject): JsonObject {
  if (!Object.hasOwn(object, '__proto__')) return object;
  const { ['__proto__']: _, ...others } = object;
  return others;
}

/**
 * The call that a request makes, or undefined for all but the plainest: another method, revision or member, headers that
 * do not repeat the body, a header for a parameter. Those are left to the SDK, so that every error is its own.
 */
export function readPlainCall(headers: IncomingHttpHeaders, body: unknown): PlainCall | undefined {
  if (headers['mcp-protocol-version'] !== revision || headers['mcp-method'] !== 'tools/call') return undefined;
  if (!isPlainMessage(body) || headers['mcp-name'] !== body.params.name) return undefined;
  const { id, params } = body;
  const { [CLIENT_INFO_META_KEY]: client, [CLIENT_CAPABILITIES_META_KEY]: declared } = params._meta;
  return {
    id,
    name: params.name,
    input: withoutPrototype(params.arguments ?? {}),
    client,
    toolUseId: params._meta[toolUseIdKey],
    hasForms: hasForms(declared),
  };
}
