import { setTimeout as delay } from 'node:timers/promises';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import type { CallToolResult, McpServer, ServerContext, ServerEventBus } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { onePixelPng, silentWav } from './media.ts';

/** A schema that uses what only JSON Schema 2020-12 has: it must be listed as it is. */
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own keyword
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

const image = { type: 'image', data: onePixelPng, mimeType: 'image/png' } as const;

function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

/** Tools that need nothing but their name: they can be called without an MCP server too. */
export const plainTools: Readonly<Record<string, CallToolResult>> = {
  test_simple_text: text('This is a simple text response for testing.'),
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: 'audio', data: silentWav, mimeType: 'audio/wav' }] },
  test_embedded_resource: {
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  },
  test_multiple_content_types: {
    content: [
      ...text('Multiple content types test:').content,
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  },
};

/** Tools that only answer: every kind of content, logs, progress, errors, schemas, announcements. */
export function addContentTools(server: McpServer, bus: ServerEventBus): void {
  const add = (name: string, run: (context: ServerContext) => CallToolResult | Promise<CallToolResult>): void => {
    server.registerTool(name, { description: `Conformance fixture ${name}` }, run);
  };
  for (const [name, result] of Object.entries(plainTools)) add(name, () => result);
  add('test_tool_with_logging', async ({ mcpReq }) => {
    await mcpReq.log('info', 'Tool execution started');
    await delay(50);
    await mcpReq.log('info', 'Tool processing data');
    await delay(50);
    await mcpReq.log('info', 'Tool execution completed');
    return text('Logged three times.');
  });
  add('test_logging_tool', async ({ mcpReq }) => {
    await mcpReq.log('info', 'This must reach only those who asked for it.');
    return text('Logged once.');
  });
  add('test_tool_with_progress', async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await delay(50);
      if (progressToken === undefined) continue;
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
    }
    return text('Progress reported.');
  });
  add('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  add('test_trigger_tool_change', () => {
    bus.publish({ kind: 'tools_list_changed' });
    return text('Announced.');
  });
  add('test_trigger_prompt_change', () => {
    bus.publish({ kind: 'prompts_list_changed' });
    return text('Announced.');
  });
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(schema2020) },
    () => text('Valid.'),
  );
  server.registerTool(
    'test_custom_header',
    {
      description: 'A tool with a parameter that is repeated in a header',
      inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
    },
    ({ region }) => text(region),
  );
}
