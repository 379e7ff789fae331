import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { silent } from '../mcp/silent.ts';

test('Retry-After counts from the clock by which the error says when, whatever that of the host says', async (t) => {
  const nowMs = Date.UTC(2026, 10, 29, 12);
  const server = await startHttpServer({
    handler: {
      name: 'rest',
      publicRoutes: new Map(),
      async handle() {
        const retryAt = new Date(nowMs + 90_000).toISOString();
        throw new AppError('RATE_LIMITED', 'Too much.', { retryAt });
      },
      close: async () => {},
    },
    health: [],
    renderMetrics: async () => '',
    configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'none', grants: new Set() },
    port: 0,
    portVariable: 'GMAIL_API_PORT',
    checkToken: () => undefined,
    logger: silent,
    environment: {},
    now: () => nowMs,
  });
  t.after(() => server.close(100));
  const { status, headers } = await fetch(`http://127.0.0.1:${server.port}/api/x`);
  assert.deepEqual([status, headers.get('retry-after')], [429, '90']);
});
