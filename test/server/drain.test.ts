import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { createLogger } from '../../src/core/logger.ts';
import { startHttpServer } from '../../src/server/http-server.ts';

/** A server whose door answers after `gate`, and a client that keeps its connections. */
async function start(gate: Promise<void>) {
  const arrived = Promise.withResolvers<void>();
  const server = await startHttpServer({
    handler: {
      name: 'rest',
      publicRoutes: new Map(),
      handle: async ({ response }) => {
        arrived.resolve();
        await gate;
        response.end('done');
      },
      close: async () => {},
    },
    health: [],
    renderMetrics: async () => '',
    configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'none', grants: new Set() },
    port: 0,
    portVariable: 'GMAIL_API_PORT',
    checkToken: () => undefined,
    logger: createLogger('test', 'error', () => {}),
    environment: {},
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = () =>
    new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      request({ host: '127.0.0.1', port: server.port, path: '/x', agent }, (response) => {
        response.resume();
        response.once('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
      })
        .on('error', reject)
        .end();
    });
  return { server, get, agent, arrived: arrived.promise };
}

test('a server that stops finishes the calls it has', async () => {
  const gate = Promise.withResolvers<void>();
  const { server, get, agent, arrived } = await start(gate.promise);
  const answer = get();
  await arrived;
  const closed = server.close(5000);
  gate.resolve();
  assert.equal((await answer).status, 200);
  await closed;
  agent.destroy();
});

test('a client that asks every few seconds keeps its connection', async () => {
  const { server, agent } = await start(Promise.resolve());
  const response = await fetch(`http://127.0.0.1:${server.port}/x`);
  assert.equal(response.headers.get('keep-alive'), 'timeout=65');
  await response.text();
  await server.close(0);
  agent.destroy();
});

test('a request that arrives on a kept connection while the server stops is answered, and told to be the last', async () => {
  const { server, get, agent } = await start(Promise.resolve());
  assert.deepEqual(await get(), { status: 200, connection: 'keep-alive' });
  const closed = server.close(5000);
  assert.deepEqual(await get(), { status: 200, connection: 'close' });
  await closed;
  agent.destroy();
});

test('a call that does not end is cut off when the grace is over', async () => {
  const { server, get, agent, arrived } = await start(new Promise(() => {}));
  const answer = assert.rejects(get(), /socket hang up|ECONNRESET/);
  await arrived;
  await server.close(100);
  await answer;
  agent.destroy();
});
