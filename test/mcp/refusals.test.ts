import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { initialize, jsonHeaders, call, modernCall, openStream, post, startSession } from './raw-http.ts';
import { startMcpServer } from './http-server.ts';
import type { TestServer } from './http-server.ts';
import { createTestOperations } from './test-operations.ts';

const { buildServer } = createTestOperations();

/** Status and JSON-RPC error of an answer that must be one. */
async function refusalOf(answer: Response): Promise<{ status: number; code: number; message: string }> {
  const { error }: { error: { code: number; message: string } } = JSON.parse(await answer.text());
  return { status: answer.status, code: error.code, message: error.message };
}

describe('what the transports refuse', () => {
  let server: TestServer;
  before(async () => {
    server = await startMcpServer({ buildServer, limits: { maxBodyBytes: 1000 } });
  });
  after(() => server.close());

  for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
    it(`another method: ${method}`, async () => {
      const answer = await fetch(server.url, { method });
      assert.equal(answer.headers.get('allow'), 'GET, POST, DELETE');
      assert.deepEqual(await refusalOf(answer), {
        status: 405,
        code: -32_000,
        message: `Method not allowed: expected GET, POST or DELETE, got ${method}.`,
      });
    });
  }

  for (const contentType of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
    it(`a body that is not declared as JSON: ${contentType}`, async () => {
      const answer = await post(server.url, initialize, { 'content-type': contentType });
      assert.deepEqual(await refusalOf(answer), {
        status: 415,
        code: -32_000,
        message: `Unsupported media type: expected application/json, got ${contentType}.`,
      });
    });
  }

  for (const [name, body] of [
    ['no body', ''],
    ['half a message', '{"jsonrpc":"2.0","id":1,'],
    ['a key that is there twice', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}'],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ] as const) {
    it(`a body that is not JSON: ${name}`, async () => {
      const answer = await fetch(server.url, { method: 'POST', headers: jsonHeaders(), body });
      const { status, code, message } = await refusalOf(answer);
      assert.deepEqual([status, code], [400, -32_700]);
      assert.match(message, /^The body is not JSON in UTF-8: expected one JSON-RPC message\. \S/);
    });
  }

  for (const body of [null, 1, 'x', {}, [], [[]], { jsonrpc: '1.0', id: 1, method: 'ping' }]) {
    it(`JSON that is no JSON-RPC message: ${JSON.stringify(body)}`, async () => {
      const { status, code } = await refusalOf(await post(server.url, body));
      assert.deepEqual({ status, code }, { status: 400, code: -32_600 });
    });
  }

  it('a handshake that says nothing of the client', async () => {
    const { status, code, message } = await refusalOf(await post(server.url, { ...initialize, params: {} }));
    assert.deepEqual([status, code], [200, -32_602]);
    assert.match(
      message,
      /params\.protocolVersion: expected string, got nothing\n- params\.capabilities: .*\n- params\.client/,
    );
  });

  const tooLarge = {
    status: 413,
    code: -32_000,
    message: 'The body is too large: expected at most 1000 bytes.',
  };

  for (const sizeBytes of [1000, 10_000_000]) {
    it(`a body over the limit that says so: ${sizeBytes}`, async () => {
      assert.deepEqual(await refusalOf(await post(server.url, call('echo', 'x'.repeat(sizeBytes)))), tooLarge);
    });
  }

  it('a body over the limit that comes in chunks, and answers before its end', async () => {
    const sent = request(server.url, { method: 'POST', headers: jsonHeaders() });
    const answered = once(sent, 'response');
    for (let chunk = 0; chunk < 20; chunk += 1) sent.write('x'.repeat(100));
    const [answer] = await answered;
    assert.deepEqual(await refusalOf(new Response(await text(answer), { status: answer.statusCode })), tooLarge);
    sent.destroy();
  });

  it('a request of a session without naming it', async () => {
    const message = 'No Mcp-Session-Id header: expected one, or an initialize request to get one.';
    const expected = { status: 400, code: -32_600, message };
    assert.deepEqual(await refusalOf(await post(server.url, call('echo'))), expected);
    assert.deepEqual(await refusalOf(await fetch(server.url, { method: 'DELETE' })), expected);
  });

  it('a session id that it cannot have given', async () => {
    const real = await startSession(server.url);
    const forged = Buffer.from(JSON.stringify({ protocolVersion: '2025-11-25' })).toString('base64url');
    for (const id of ['x', 'a'.repeat(5000), forged, `${real}=`, real.slice(1), real.slice(0, -4)]) {
      const headers = { ...jsonHeaders(), 'mcp-session-id': id };
      const expected = {
        status: 404,
        code: -32_001,
        message: 'Session not found: send an initialize request to start another one.',
      };
      assert.deepEqual(await refusalOf(await post(server.url, call('echo'), headers)), expected);
      assert.deepEqual(await refusalOf(await fetch(server.url, { headers })), expected);
      assert.deepEqual(await refusalOf(await fetch(server.url, { method: 'DELETE', headers })), expected);
    }
  });

  it('a GET that wants no stream of events', async () => {
    const { status } = await refusalOf(await fetch(server.url, { headers: { accept: 'text/html' } }));
    assert.equal(status, 406);
  });

  it('a message to a stream that is not there', async () => {
    for (const id of ['', 'x', crypto.randomUUID()]) {
      assert.deepEqual(await refusalOf(await post(`${server.url}?sessionId=${id}`, call('echo'))), {
        status: 404,
        code: -32_001,
        message: 'Stream not found: open one with a GET and post to the address it names.',
      });
    }
  });

  it('a message to a stream that is no message', async () => {
    const stream = await openStream(server.url);
    for (const body of [null, [], {}, [call('echo')]]) {
      const { status, code, message } = await refusalOf(await post(stream.endpoint, body));
      assert.deepEqual([status, code], [400, -32_600]);
      assert.match(message, /^The body is (?:no|not a) JSON-RPC message/);
    }
    stream.close();
  });

  it('a protocol version that there is not', async () => {
    const { message, headers } = modernCall('echo');
    const { status, code } = await refusalOf(
      await post(server.url, message, { ...headers, 'mcp-protocol-version': '2027-01-01' }),
    );
    assert.deepEqual({ status, code }, { status: 400, code: -32_020 });
  });
});

describe('sessions and streams belong to the principal that opened them', () => {
  let server: TestServer;
  before(async () => {
    server = await startMcpServer({ buildServer });
  });
  after(() => server.close());

  it('a 2025 session, also after a restart', async () => {
    const id = await startSession(server.url, 'ann');
    const status = async (principal: string, method: string, url = server.url): Promise<number> => {
      const headers = { ...jsonHeaders(principal), 'mcp-session-id': id };
      const abort = new AbortController();
      const body = method === 'POST' ? { body: JSON.stringify(call('echo')) } : {};
      const answer = await fetch(url, { method, headers, signal: abort.signal, ...body });
      abort.abort();
      return answer.status;
    };
    for (const method of ['POST', 'GET', 'DELETE']) assert.equal(await status('bob', method), 404);
    const restarted = await startMcpServer({ buildServer });
    for (const method of ['POST', 'GET', 'DELETE']) assert.equal(await status('bob', method, restarted.url), 404);
    assert.equal(await status('ann', 'POST', restarted.url), 200);
    await restarted.close();
    assert.equal(await status('ann', 'POST'), 200);
  });

  it('an HTTP+SSE stream', async () => {
    const stream = await openStream(server.url, 'ann');
    assert.equal((await post(stream.endpoint, call('echo', 'hello'), jsonHeaders('bob'))).status, 404);
    assert.equal((await post(stream.endpoint, call('echo', 'hello'), jsonHeaders('ann'))).status, 202);
    const { value } = await stream.events.next();
    assert.match(value?.data ?? '', /"text":"hello"/);
    stream.close();
  });
});

it('a client that leaves in the middle of its body disturbs nobody', async () => {
  const server = await startMcpServer({ buildServer });
  const sent = request(server.url, { method: 'POST', headers: { ...jsonHeaders(), 'content-length': '100' } });
  sent.on('error', () => {});
  await new Promise((resolve) => sent.write('{', resolve));
  sent.destroy();
  const { message, headers } = modernCall('echo', 'still there');
  assert.match(await (await post(server.url, message, headers)).text(), /still there/);
  await server.close();
});
