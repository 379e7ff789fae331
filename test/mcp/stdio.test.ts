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
    const messages: readonly { jsonrpc: string; id: number | null; error?: { message: string } }[] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      messages.map(({ jsonrpc, id }) => [jsonrpc, id]),
      [
        ['2.0', null],
        ['2.0', null],
        ['2.0', 1],
        ['2.0', 2],
      ],
    );
    assert.match(messages[0]?.error?.message ?? '', /^The line is not a JSON-RPC message/);
    assert.match(messages[1]?.error?.message ?? '', /\(method: expected a text, such as "tools\/list"\)/);
    assert.match(await errors, /"level":"debug".*"message":"mcp stdio","reason":/);
  });

  /** What the program answers, line by line, to this input and its end. */
  async function answersTo(input: string | Uint8Array): Promise<readonly unknown[]> {
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    child.stdin.end(input);
    const output = await text(child.stdout);
    assert.deepEqual(await exited, [0, null]);
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  }
  const idsOf = (answers: readonly unknown[]) => answers.map((answer) => (answer as { id: unknown }).id);
  const lines = (...messages: readonly unknown[]) => messages.map((message) => JSON.stringify(message)).join('\n');
  const opening = (protocolVersion: string) => ({ ...initialize, params: { ...initialize.params, protocolVersion } });

  it('all that came before the end of input is answered, a last line without a line feed too', async () => {
    const answers = await answersTo(lines(initialize, call('echo', 'a', 2), call('echo', 'b', 3)));
    assert.deepEqual(idsOf(answers), [1, 2, 3]);
    assert.match(JSON.stringify(answers[2]), /"text":"b"/);
  });

  it('a byte order mark and line ends of Windows are skipped', async () => {
    const answers = await answersTo(`\u{feff}${lines(initialize, call('echo', 'a', 2)).replaceAll('\n', '\r\n')}\r\n`);
    assert.deepEqual(idsOf(answers), [1, 2]);
  });

  it('a line in another encoding, or with a key twice, is refused, and the next one answered', async () => {
    const latin1 = Buffer.from(JSON.stringify(call('echo', 'café', 2)), 'latin1');
    const twice = '{"jsonrpc":"2.0","id":3,"method":"ping","method":"tools/list"}';
    const input = Buffer.concat([
      Buffer.from(`${JSON.stringify(initialize)}\n`),
      latin1,
      Buffer.from(`\n${twice}\n${JSON.stringify(call('echo', 'café', 4))}\n`),
    ]);
    const answers = await answersTo(input);
    assert.deepEqual(new Set(idsOf(answers)), new Set([1, null, 4]));
    const refusals = answers.filter((answer) => (answer as { id: unknown }).id === null);
    assert.match(JSON.stringify(refusals[0]), /not a JSON-RPC message in UTF-8: .* not valid for encoding utf-8/);
    assert.match(JSON.stringify(refusals[1]), /the key \\"method\\" is there twice/);
    assert.match(JSON.stringify(answers), /"text":"café"/);
  });

  it('null for what is left out is taken for that', async () => {
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: { cursor: null } };
    const bare = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'echo', arguments: null } };
    const [, listed, called] = await answersTo(lines(initialize, list, bare));
    assert.match(JSON.stringify(listed), /"name":"echo"/);
    assert.match(JSON.stringify(called), /"content":/);
  });

  it('a batch is answered in one line in the revision that has them', async () => {
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const batch = [notification, call('echo', 'a', 2), call('miss', '', 3)];
    const answers = await answersTo(lines(opening('2025-03-26'), batch, [notification], call('echo', 'c', 4)));
    const list = answers.find((answer) => Array.isArray(answer));
    assert.ok(Array.isArray(list));
    assert.deepEqual(new Set(idsOf(list)), new Set([2, 3]));
    assert.deepEqual(idsOf(answers.filter((answer) => !Array.isArray(answer))), [1, 4]);
  });

  for (const [name, version, batch] of [
    ['in another revision', '2025-06-18', [call('echo')]],
    ['that is empty', '2025-03-26', []],
    ['that is too long', '2025-03-26', Array.from({ length: 101 }, (_, id) => call('echo', '', id + 10))],
    ['with something else in it', '2025-03-26', [call('echo'), 1]],
    ['with an initialize request', '2025-03-26', [{ ...initialize, id: 9 }]],
  ] as const) {
    it(`a batch ${name} is refused, and the next call served`, async () => {
      const answers = await answersTo(lines(opening(version), batch, call('echo', 'after', 5)));
      assert.deepEqual(new Set(idsOf(answers)), new Set([1, null, 5]));
      const refusal = answers.find((answer) => (answer as { id: unknown }).id === null);
      assert.equal((refusal as { error: { code: number } }).error.code, -32_600);
    });
  }
});
