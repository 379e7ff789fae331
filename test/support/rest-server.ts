import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createLogger } from '../../src/core/logger.ts';
import { assemble } from '../../src/server/assemble.ts';
import { answerHealth } from '../../src/server/health.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { metrics } from '../../src/core/telemetry/metrics.ts';
import { createTokenCheck } from '../../src/safety/tokens/check-token.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { operations } from '../../src/operations/operations.ts';
import { createRestHandler } from '../../src/rest/rest-handler.ts';
import { assertDocumented } from './documented-answers.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Json = Readonly<Record<string, unknown>>;

/** A REST server of this process on a home of its own. */
export interface TestRestServer {
  readonly url: string;
  readonly home: string;
  readonly token: string;
  readonly logLines: readonly string[];
  /** Answers the status and the JSON of a request with the owner's token. It has to be as in the API's document. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; json: Json; headers: Headers }>;
}

/** Starts the production stack on port 0 and stops it when the test is over. */
export async function startRestServer(
  context: Pick<TestContext, 'after'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestRestServer> {
  const home = environment.GMAIL_HOME ?? temporaryFolder(context);
  const assembly = await assemble({
    program: 'gmail-api-server',
    environment: { ...environment, GMAIL_HOME: home },
    logTo: 2,
  });
  const logLines: string[] = [];
  const logger = createLogger('gmail-api-server', 'info', (line) => logLines.push(line));
  const services = { ...assembly.services, logger };
  const { configuration } = assembly;
  const checkToken = createTokenCheck(assembly.home.dataFolder, configuration.grants);
  const server = await startHttpServer({
    handler: createRestHandler(operations, services),
    health: answerHealth({
      accounts: services.accounts,
      sync: () => services.accounts.sync(),
      webhooks: () => services.webhooks.store().backlogs(),
      jobs: async () => [],
      hasSharedStore: false,
      isStopping: () => false,
      viewer: ({ request }) => checkToken(request.headers.authorization),
    }),
    renderMetrics: () => metrics.render({ server: 'gmail-api-server' }),
    configuration,
    port: 0,
    portVariable: 'GMAIL_API_PORT',
    checkToken,
    logger,
    environment: {},
  });
  context.after(async () => {
    await server.close(1000);
    await assembly.close();
  });
  const url = `http://127.0.0.1:${server.port}`;
  const token = ownerToken(assembly.home.dataFolder);
  return {
    url,
    home,
    token,
    logLines,
    async call(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const answer = await response.text();
      await assertDocumented(url, { method, path }, response, answer);
      const json: unknown = JSON.parse(answer);
      assert.ok(typeof json === 'object' && json !== null);
      return { status: response.status, json: { ...json }, headers: response.headers };
    },
  };
}
