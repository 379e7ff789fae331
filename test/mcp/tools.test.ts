import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { Grant } from '../../src/core/grants.ts';
import { grants as allGrants } from '../../src/core/grants.ts';
import type { BuildServer } from '../../src/mcp/build-server.ts';
import { operationServers } from '../../src/mcp/operation-server.ts';
import { operations } from '../../src/operations/operations.ts';
import { createTestOperations, testServices } from './test-operations.ts';

/** A client of a server without any HTTP between them. */
async function connect(buildServer: BuildServer, grants: readonly Grant[]): Promise<Client> {
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1' });
  await buildServer(() => ({ name: 'ann', grants: new Set(grants) })).connect(serverSide);
  await client.connect(clientSide);
  return client;
}

async function names(client: Client): Promise<readonly string[]> {
  return (await client.listTools()).tools.map(({ name }) => name);
}

describe('tools', () => {
  it('are those of the toolsets and grants, in the order of the operations, the same every time', async () => {
    const { buildServer } = createTestOperations();
    const reader = await connect(buildServer, ['read']);
    assert.deepEqual(await names(reader), ['echo', 'request_id', 'miss', 'crash', 'unwritable', 'wait', 'hold']);
    assert.deepEqual((await reader.listTools()).tools, (await reader.listTools()).tools);
    assert.deepEqual(await names(await connect(buildServer, ['organize'])), ['change']);
    assert.deepEqual(await names(await connect(buildServer, [])), []);
  });

  it('are listed with what a model needs and nothing else', async () => {
    const client = await connect(createTestOperations().buildServer, ['read', 'organize']);
    const { tools } = await client.listTools();
    assert.deepEqual(tools[0], {
      name: 'echo',
      title: 'Echo',
      description: 'Test echo.',
      inputSchema: {
        type: 'object',
        properties: {
          text: { type: 'string', default: '' },
          account: { type: 'string', description: 'If several are connected.' },
        },
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true },
    });
    assert.deepEqual(tools.find(({ name }) => name === 'change')?.annotations, { destructiveHint: false });
  });

  it('answer one text, and no structured content beside it', async () => {
    const client = await connect(createTestOperations().buildServer, ['read']);
    const answer = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    assert.deepEqual(answer, { content: [{ type: 'text', text: 'hello' }] });
  });

  for (const [what, name, input, text] of [
    [
      'an error of the table',
      'miss',
      {},
      /^NOT_FOUND: .*\n\[(\w{6})\] untrusted details of the error\nNo such message\.\nfield: id\ngot: x\n\[\1\] end\nrequestId: [\w-]{36}$/,
    ],
    [
      'a fault of ours, without its details',
      'crash',
      {},
      /^INTERNAL: .*\n.*\nSomething failed inside gmail-llm\..*\n\[\w{6}\] end\nrequestId/,
    ],
    [
      'an unknown field',
      'echo',
      { txt: 'x' },
      /^INVALID_INPUT: .*\n.*\nThe input of echo is not usable\.\n- txt: no such field/,
    ],
    ['a grant that is missing', 'change', {}, /^FORBIDDEN: .*\n.*\nchange needs the grant "organize"\./],
  ] as const) {
    it(`answer ${what} as a text with isError`, async () => {
      const client = await connect(createTestOperations().buildServer, ['read']);
      const { isError, content } = await client.callTool({ name, arguments: input });
      assert.equal(isError, true);
      assert.match((content[0] as { text: string }).text, text);
    });
  }

  for (const [name, why] of [
    ['no_such_tool', 'tools/list names those that there are.'],
    [
      'relabel',
      'It is in the toolset labels, which this server does not list: its owner can add it to GMAIL_MCP_TOOLSETS.',
    ],
    ['', 'tools/list names those that there are.'],
    ['requestid', 'Did you mean request_id?'],
  ] as const) {
    it(`that are not there are an error of the protocol: ${JSON.stringify(name)}`, async () => {
      const client = await connect(createTestOperations().buildServer, [...allGrants]);
      await assert.rejects(client.callTool({ name }), { code: -32_602, message: `Unknown tool: ${name}. ${why}` });
    });
  }
});

it('the core toolset costs a model under 2,600 tokens, and the instructions under 200', async () => {
  const client = await connect(operationServers(operations, new Set(['core']), testServices()).buildServer, [
    ...allGrants,
  ]);
  const { tools } = await client.listTools();
  const tokens = encode(JSON.stringify(tools)).length;
  assert.ok(tokens < 2600, `${tokens} tokens`);
  const ofInstructions = encode(client.getInstructions() ?? '').length;
  assert.ok(ofInstructions < 200, `${ofInstructions} tokens`);
});
