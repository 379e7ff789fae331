import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { answerHealth } from '../../src/server/health.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import type { RunningServer } from '../../src/server/http-server.ts';
import { metrics } from '../../src/core/telemetry/metrics.ts';
import { createMcpHandler } from '../../src/mcp/mcp-handler.ts';
import { defaultMcpLimits } from '../../src/mcp/transports.ts';
import { operations } from '../../src/operations/operations.ts';
import { modernCall, post } from './raw-http.ts';
import { silent } from './silent.ts';
import { testServices } from './test-operations.ts';

describe('the MCP door', () => {
  let server: RunningServer;
  let origin: string;
  const authorization = { authorization: 'Bearer right' };
  before(async () => {
    const services = testServices();
    server = await startHttpServer({
      handler: createMcpHandler(operations, services, { toolsets: new Set(['core']) }),
      health: answerHealth({
        accounts: services.accounts,
        jobs: async () => [],
        hasSharedStore: false,
        isStopping: () => false,
        viewer: () => undefined,
      }),
      renderMetrics: () => metrics.render({ server: 'gmail-mcp-server' }),
      configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'token', grants: new Set() },
      port: 0,
      portVariable: 'GMAIL_MCP_PORT',
      checkToken: (shown) => (shown === 'Bearer right' ? { name: 'ann', grants: new Set(['read']) } : undefined),
      logger: silent,
      environment: {},
    });
    origin = `http://127.0.0.1:${server.port}`;
  });
  after(() => server.close(1000));

  it('serves /mcp to those who show a token', async () => {
    const { message, headers } = modernCall('no_such_tool');
    assert.equal((await post(`${origin}/mcp`, message, headers)).status, 401);
    const answer = await post(`${origin}/mcp`, message, { ...headers, ...authorization, 'x-request-id': 'mine' });
    assert.equal(answer.headers.get('x-request-id'), 'mine');
    assert.match(await answer.text(), /"code":-32602,"message":"Unknown tool: no_such_tool\./);
  });

  it('counts calls on /metrics, by operation and outcome', async () => {
    const { message, headers } = modernCall('trash_messages');
    await (await post(`${origin}/mcp`, message, { ...headers, ...authorization })).text();
    const answer = await fetch(`${origin}/metrics`, { headers: authorization });
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(
      await answer.text(),
      /count\{server="gmail-mcp-server",operation="trash_messages",code="FORBIDDEN"\} 1\n/,
    );
  });

  it('answers health without a token', async () => {
    assert.equal((await fetch(`${origin}/health/live`)).status, 200);
    assert.equal((await fetch(`${origin}/health/ready`)).status, 200);
  });

  it('has nothing anywhere else', async () => {
    for (const path of ['/', '/mcp/', '/mcp/x', '/api/profile']) {
      const answer = await fetch(origin + path, { headers: authorization });
      assert.equal(answer.status, 404, path);
      assert.match(await answer.text(), /"code":"NOT_FOUND"/);
    }
  });
});

it('docs/mcp.md states the limits that there are', async () => {
  const page = await readFile(new URL('../../docs/mcp.md', import.meta.url), 'utf8');
  const { maxBodyBytes, maxSessions, sessionIdleMs, maxSseStreams, closeGraceMs } = defaultMcpLimits;
  for (const fact of [
    `| body of a request | ${maxBodyBytes / 1024 / 1024} MiB | 413 |`,
    `| 2025 sessions | ${maxSessions}; closed after ${sessionIdleMs / 60_000} minutes without use |`,
    `| HTTP+SSE streams | ${maxSseStreams} | 503, `,
    `waits up to ${closeGraceMs / 1000} seconds for the calls that it is serving`,
  ]) {
    assert.ok(page.includes(fact), fact);
  }
});
