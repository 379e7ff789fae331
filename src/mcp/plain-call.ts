import type { IncomingHttpHeaders } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import type { RequestId } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { hasForms } from './has-forms.ts';

const revision = '2026-07-28';
/** The key under which Claude Code says which of a model's tool uses a call is. */
export const toolUseIdKey = 'claudecode/toolUseId';

const nothing = z.strictObject({});

/** A client's capabilities, as far as it is plain what they mean. */
const capabilities = z.strictObject({
  elicitation: z.strictObject({ form: nothing, url: nothing }).partial().optional(),
  roots: z.strictObject({ listChanged: z.boolean() }).partial().optional(),
  sampling: nothing.optional(),
});

const clientInfo = z.strictObject({
  name: z.string(),
  version: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  websiteUrl: z.string().optional(),
});

/** The one form of a call that is read here; every other goes to the SDK. */
const message = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]),
  method: z.literal('tools/call'),
  params: z.strictObject({
    name: z.string(),
    arguments: z.looseObject({}).optional(),
    _meta: z.strictObject({
      [PROTOCOL_VERSION_META_KEY]: z.literal(revision),
      [CLIENT_CAPABILITIES_META_KEY]: capabilities,
      [CLIENT_INFO_META_KEY]: clientInfo.optional(),
      [toolUseIdKey]: z.string().optional(),
      progressToken: z.union([z.string(), z.int()]).optional(),
    }),
  }),
});

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

/**
 * The call that a request makes, or undefined for all but the plainest: another method, revision or member, headers that
 * do not repeat the body, a header for a parameter. Those are left to the SDK, so that every error is its own.
 */
export function readPlainCall(headers: IncomingHttpHeaders, body: unknown): PlainCall | undefined {
  if (headers['mcp-protocol-version'] !== revision || headers['mcp-method'] !== 'tools/call') return undefined;
  const { data } = message.safeParse(body);
  if (data === undefined || headers['mcp-name'] !== data.params.name) return undefined;
  const { id, params } = data;
  const { [CLIENT_INFO_META_KEY]: client, [CLIENT_CAPABILITIES_META_KEY]: declared } = params._meta;
  return {
    id,
    name: params.name,
    input: params.arguments ?? {},
    client,
    toolUseId: params._meta[toolUseIdKey],
    hasForms: hasForms(declared),
  };
}
