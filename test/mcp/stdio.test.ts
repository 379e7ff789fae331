import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { call, initialize } from './raw-http.ts';

const program = fileURLToPath(new URL('stdio-process.ts', import.meta.url));

describe('on standard input and output', () => {
  for (const version of ['2026-07-28', '2025-11-25']) {
    it(`a client of ${version} lists, calls, and is told errors as text`, async () => {
      const mode = version === '2026-07-28' ? { pin: version } : 'legacy';
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
      await client.connect(new StdioClientTransport({ command: process.execPath, args: [program] }));
      try {
        assert.equal(client.getNegotiatedProtocolVersion(), version);
        assert.equal((await client.listTools()).tools.length, 7);
        const { content } = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
        assert.deepEqual(content, [{ type: 'text', text: 'hello' }]);
        assert.equal((await client.callTool({ name: 'miss' })).isError, true);
      } finally {
        await client.close();
      }
    });
  }

  it('nothing but the protocol is on standard output, and the end of input ends the process', async () => {
    const child = spawn(process.execPath, [program], { stdio: 'pipe' });
    const errors = text(child.stderr);
    const exited = once(child, 'exit');
    child.stdin.write('this is no JSON\n');
    for (const message of [{ jsonrpc: '2.0' }, initialize, call('crash')]) {
      child.stdin.write(`${JSON.stringify(message)}\n`);
    }
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk);
      if (output.includes('"id":2')) child.stdin.end();
    }
    assert.deepEqual(await exited, [0, null]);
    const messages: readonly { jsonrpc: string; id: number }[] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      messages.map(({ jsonrpc, id }) => [jsonrpc, id]),
      [
        ['2.0', 1],
        ['2.0', 2],
      ],
    );
    assert.match(await errors, /"level":"debug".*"message":"mcp stdio","reason":/);
  });
});
