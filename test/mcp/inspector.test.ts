import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operations } from '../../src/operations/operations.ts';
import { operationServers } from '../../src/mcp/operation-server.ts';
import { startMcpServer } from './http-server.ts';
import { inspect, inspectToolsStrictly } from './inspector.ts';
import { createTestOperations, testServices } from './test-operations.ts';

describe('the MCP Inspector', () => {
  it('finds nothing to say about the schemas of the real operations', async () => {
    const toolsets = new Set(operations.flatMap(({ toolset }) => toolset ?? []));
    const server = await startMcpServer(operationServers(operations, toolsets, testServices()));
    for (const { grant } of operations) server.grants.add(grant);
    const { exitCode, stdout, stderr } = await inspectToolsStrictly(server.url, 'ann');
    const { tools }: { tools: readonly { name: string }[] } = JSON.parse(stdout);
    assert.deepEqual(
      tools.map(({ name }) => name),
      operations.filter(({ toolset }) => toolset !== undefined).map(({ name }) => name),
    );
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
    await server.close();
  });

  it('calls tools in its legacy and its modern era', async () => {
    const server = await startMcpServer(createTestOperations());
    const options = ['--method', 'tools/call', '--format', 'json', '-q', '--protocol-era'];
    const echo = await inspect(server.url, [...options, 'legacy', '--tool-name', 'echo', '--tool-arg', 'text=hello']);
    assert.equal(echo.exitCode, 0);
    assert.deepEqual(JSON.parse(echo.stdout).result.content, [{ type: 'text', text: 'hello' }]);
    const miss = await inspect(server.url, [...options, 'modern', '--tool-name', 'miss']);
    assert.equal(miss.exitCode, 5);
    assert.match(JSON.parse(miss.stdout).result.content[0].text, /^NOT_FOUND: [^]*\nNo such message\./);
    await server.close();
  });
});
