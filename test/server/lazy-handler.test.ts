import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startHttpServer, type HttpHandler } from '../../src/server/http-server.ts';
import { lazyHandler } from '../../src/server/lazy-handler.ts';
import { silent } from '../mcp/silent.ts';

/** A server whose handler is loaded when `gate` opens, and how often that was. */
async function start(context: TestContext, gate: Promise<unknown>) {
  let loads = 0;
  let closes = 0;
  const handler = lazyHandler({
    name: 'rest',
    publicPaths: ['/page', '/lost'],
    async load(): Promise<HttpHandler> {
      loads += 1;
      await gate;
      return {
        name: 'rest',
        publicRoutes: new Map([['/page', ({ response }): void => void response.end('a page')]]),
        handle: async ({ response, path }) => void response.end(`handled ${path}`),
        close: async () => void (closes += 1),
      };
    },
  });
  const server = await startHttpServer({
    handler,
    health: [['/health/live', ({ response }) => void response.end('alive')]],
    renderMetrics: async () => '',
    configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'none', grants: new Set() },
    port: 0,
    portVariable: 'GMAIL_API_PORT',
    checkToken: () => undefined,
    logger: silent,
    environment: {},
  });
  context.after(() => server.close(100));
  const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
  return { get, handler, server, counts: () => ({ loads, closes }) };
}

test('health is answered before the handler is there, and asks for none', async (t) => {
  const { get, counts } = await start(t, new Promise(() => {}));
  assert.equal(await get('/health/live'), 'alive');
  assert.deepEqual(counts(), { loads: 0, closes: 0 });
});

test('requests wait for the handler, which is loaded once', async (t) => {
  const gate = Promise.withResolvers<void>();
  const { get, handler, counts } = await start(t, gate.promise);
  const answers = Promise.all([get('/api/x'), get('/page'), get('/api/y'), handler.load()]);
  gate.resolve();
  assert.deepEqual(await answers, ['handled /api/x', 'a page', 'handled /api/y', undefined]);
  assert.equal(counts().loads, 1);
});

test('closing closes a handler that was loaded, and loads none', async (t) => {
  const unused = await start(t, Promise.resolve());
  await unused.server.close(100);
  assert.deepEqual(unused.counts(), { loads: 0, closes: 0 });
  const used = await start(t, Promise.resolve());
  await used.get('/api/x');
  await used.server.close(100);
  assert.deepEqual(used.counts(), { loads: 1, closes: 1 });
});

test('a handler that cannot be loaded answers an internal error, and `load` says why', async (t) => {
  const failing = Promise.reject(new Error('chunk is missing'));
  failing.catch(() => {});
  const { get, handler } = await start(t, failing);
  assert.match(await get('/api/x'), /"code":"INTERNAL"/);
  await assert.rejects(handler.load(), /chunk is missing/);
});

test('a public path that the handler has not is an internal error, not another page', async (t) => {
  const { get } = await start(t, Promise.resolve());
  assert.match(await get('/lost'), /"code":"INTERNAL"/);
});
