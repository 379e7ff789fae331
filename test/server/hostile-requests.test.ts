import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it, type TestContext } from 'node:test';
import { startHttpServer, type PublicAnswer } from '../../src/server/http-server.ts';
import { connectionLimit } from '../../src/server/connections.ts';
import { silent } from '../mcp/silent.ts';
import { startRestServer, type TestRestServer } from '../support/rest-server.ts';

/** What the server answers to these bytes, until it closes. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

const portOf = ({ url }: TestRestServer): number => Number(new URL(url).port);
const cleanups: (() => unknown)[] = [];
const later = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

describe('with GMAIL_AUTH=none a page of another site', () => {
  let server: TestRestServer;
  before(async () => {
    server = await startRestServer(later, { GMAIL_AUTH: 'none' });
  });
  const ask = async (lines: readonly string[], path = '/api/profile'): Promise<string> =>
    answerTo(
      portOf(server),
      [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...lines, '', ''].join('\r\n'),
    );

  it('gets nothing, while programs do', async () => {
    assert.match(await ask([]), /^HTTP\/1\.1 200 /);
    assert.match(await ask(['Sec-Fetch-Site: same-origin']), /^HTTP\/1\.1 200 /);
    // An image, a script, a frame or a link: without Origin, but browsers say where they are.
    for (const site of ['cross-site', 'same-site']) {
      assert.match(await ask([`Sec-Fetch-Site: ${site}`]), /^HTTP\/1\.1 403 [^]*Sec-Fetch-Site/);
    }
    assert.match(
      await ask(['Origin: http://evil.example', 'Sec-Fetch-Site: cross-site']),
      /^HTTP\/1\.1 403 [^]*Origin/,
    );
  });

  it('cannot have an answer in it as if it were an image or a script', async () => {
    for (const path of ['/api/profile', '/health/live', '/openapi.json', '/nowhere']) {
      assert.match(await ask([], path), /\r\ncross-origin-resource-policy: same-origin\r\n/i);
    }
  });

  it('may lead to the public pages', async () => {
    assert.match(await ask(['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate'], '/docs'), /^HTTP\/1\.1 200 /);
  });

  it('cannot send what browsers send without asking first', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { 'content-type': type };
      const answer = await fetch(`${server.url}/api/undo`, { method: 'POST', headers, body: '{}' });
      assert.ok(answer.status === 400 || answer.status === 415, `${answer.status}`);
    }
  });
});

describe('a request', () => {
  let server: TestRestServer;
  before(async () => {
    server = await startRestServer(later, { GMAIL_ALLOWED_HOSTS: 'mail.lan' });
  });

  it('with two Host headers is refused', async () => {
    const answer = await answerTo(
      portOf(server),
      'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nhost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 400 [^]*several Host headers/);
  });

  it('that is none of HTTP, or expects what is not there, is answered with problem details', async () => {
    const host = 'Host: 127.0.0.1\r\n';
    for (const [bytes, status, detail] of [
      [`FOO / HTTP/1.1\r\n${host}\r\n`, 400, /a method that HTTP does not know/],
      ['nonsense\r\n\r\n', 400, /HTTP/],
      [
        `GET /health/live HTTP/1.1\r\n${host}X: ${'x'.repeat(80_000)}\r\n\r\n`,
        431,
        /header of the request is too large/,
      ],
      [`GET /health/live HTTP/1.1\r\n${host}Expect: the-moon\r\n\r\n`, 417, /This expectation cannot be met/],
    ] as const) {
      const [head = '', body = ''] = (await answerTo(portOf(server), bytes)).split('\r\n\r\n');
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\ncontent-type: application/problem\\+json`, 'i'));
      const problem: unknown = JSON.parse(body);
      assert.ok(typeof problem === 'object' && problem !== null && 'status' in problem && 'detail' in problem);
      assert.equal(problem.status, status);
      assert.match(String(problem.detail), detail);
    }
  });

  it('under an allowed name is served, under another told how to allow it', async () => {
    const under = (host: string) =>
      answerTo(portOf(server), `GET /health/live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assert.match(await under('mail.lan:1234'), /^HTTP\/1\.1 200 /);
    assert.match(await under('gmail'), /^HTTP\/1\.1 403 [^]*GMAIL_ALLOWED_HOSTS=gmail/);
  });

  it('with a long path, query or field is answered in few words', async () => {
    const long = 'x'.repeat(12_000);
    for (const [path, body] of [
      [`/api/${long}`, undefined],
      [`/api/profile?${long}=1`, undefined],
      ['/api/messages/trash', { ids: Array.from({ length: 1000 }, () => long.slice(0, 1000)) }],
      ['/api/messages/trash', { [long.repeat(10)]: 1 }],
    ] as const) {
      const { status, json } = await server.call(body === undefined ? 'GET' : 'POST', path, body);
      assert.ok(status === 400 || status === 404);
      assert.ok(JSON.stringify(json).length < 25_000, `${JSON.stringify(json).length} characters`);
    }
  });

  it('with brackets inside of brackets is refused before it is parsed', async () => {
    for (const body of ['['.repeat(2_000_000), `{"ids":${'['.repeat(200)}${']'.repeat(200)}}`]) {
      const { status, json } = await server.call('POST', '/api/messages/trash', body);
      assert.equal(status, 400);
      assert.match(String(json.detail), /more than 100 levels deep/);
    }
  });
});

describe('connections', () => {
  /** A server that serves `/hold` until it is told to go on. */
  async function start(context: TestContext, maxConnections: number) {
    const gate = Promise.withResolvers<void>();
    const server = await startHttpServer({
      handler: {
        name: 'rest',
        publicRoutes: new Map<string, PublicAnswer>([
          ['/quick', ({ response }) => void response.end('quick')],
          [
            '/hold',
            async ({ response }) => {
              response.writeHead(200, { 'content-length': '4' });
              response.flushHeaders();
              await gate.promise;
              response.end('held');
            },
          ],
        ]),
        handle: async () => {},
        close: async () => {},
      },
      health: [],
      renderMetrics: async () => '',
      configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'none', grants: new Set() },
      maxConnections,
      port: 0,
      portVariable: 'GMAIL_API_PORT',
      checkToken: () => undefined,
      logger: silent,
      environment: {},
    });
    context.after(async () => {
      gate.resolve();
      await server.close(100);
    });
    /** A connection that has asked for `path` and been answered at least the headers. */
    const open = async (path: string): Promise<Socket> => {
      const socket = connect(server.port, '127.0.0.1');
      context.after(() => socket.destroy());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await once(socket, 'data');
      return socket;
    };
    return { port: server.port, open, release: () => gate.resolve() };
  }

  it('beyond the bound close the one that has been idle for longest', async (t) => {
    const { open } = await start(t, 2);
    const first = await open('/quick');
    const second = await open('/quick');
    const closed = once(first, 'close');
    await open('/quick');
    await closed;
    assert.equal(second.destroyed, false);
    const secondClosed = once(second, 'close');
    await open('/quick');
    await secondClosed;
  });

  it('that have sent nothing yet count as idle, and never those that are being served', async (t) => {
    const { port, open, release } = await start(t, 2);
    const held = await open('/hold');
    const mute = connect(port, '127.0.0.1');
    await once(mute, 'connect');
    const closed = once(mute, 'close');
    const quick = await open('/quick');
    await closed;
    release();
    assert.equal(String((await once(held, 'data'))[0]), 'held');
    assert.equal(quick.destroyed, false);
  });

  it('are refused with 503 when each is being served, and accepted again later', async (t) => {
    const { port, open, release } = await start(t, 2);
    const held = [await open('/hold'), await open('/hold')];
    const refused = connect(port, '127.0.0.1');
    assert.match(await text(refused), /^HTTP\/1\.1 503 /);
    const done = held.map((socket) => once(socket, 'data'));
    release();
    await Promise.all(done);
    await open('/quick');
  });

  it('are fewer than the descriptors of the process', () => {
    assert.equal(connectionLimit(1_048_576), 2000);
    assert.equal(connectionLimit(1024), 896);
    assert.equal(connectionLimit(256), 128);
    assert.equal(connectionLimit(100), 50);
  });
});
