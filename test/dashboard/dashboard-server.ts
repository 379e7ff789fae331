import { request, type IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import { createLogger } from '../../src/core/logger.ts';
import { createDashboardHandler } from '../../src/dashboard/dashboard-handler.ts';
import { createSignInLink } from '../../src/safety/sessions/sign-in-links.ts';
import { createTokenCheck } from '../../src/safety/tokens/check-token.ts';
import { hashOf, ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { assemble, type Assembly } from '../../src/server/assemble.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A dashboard of this process on a home of its own. */
export interface TestDashboard {
  readonly url: string;
  readonly assembly: Assembly;
  /** A link for the owner, or for the token of this hash, made so long ago. */
  readonly link: (token?: { readonly tokenName: string; readonly tokenSha256: string }, ageMs?: number) => string;
  readonly send: (
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    form?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
  /** What our own pages send with a form. */
  readonly own: Readonly<Record<string, string>>;
}

export async function startDashboard(
  context: Pick<TestContext, 'after'>,
  environment: Readonly<Record<string, string>> = {},
  hostNow: () => number = Date.now,
): Promise<TestDashboard> {
  const home = environment.GMAIL_HOME ?? temporaryFolder(context);
  const made = await assemble({
    program: 'gmail-dashboard',
    environment: { ...environment, GMAIL_HOME: home },
    logTo: 2,
    hostNow,
  });
  const logger = createLogger('gmail-dashboard', 'info', () => {});
  const assembly = { ...made, logger, services: { ...made.services, logger } };
  const { configuration } = assembly;
  const { dataFolder } = assembly.home;
  const server = await startHttpServer({
    handler: createDashboardHandler(assembly),
    health: [],
    renderMetrics: () => Promise.resolve(''),
    configuration,
    port: 0,
    portVariable: 'GMAIL_DASHBOARD_PORT',
    checkToken: createTokenCheck(dataFolder, configuration.grants),
    logger,
    environment: {},
  });
  context.after(async () => {
    await server.close(1000);
    await assembly.close();
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    assembly,
    own: { origin: url, 'sec-fetch-site': 'same-origin' },
    link(token = { tokenName: 'owner', tokenSha256: hashOf(ownerToken(dataFolder)) }, ageMs = 0) {
      return `/open/${createSignInLink(dataFolder, token, Date.now() - ageMs)}`;
    },
    send: (method, path, headers = {}, form) =>
      new Promise((resolve, reject) => {
        const body = form === undefined ? undefined : new URLSearchParams(form).toString();
        const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
        const sent = request(
          `${url}${path}`,
          { method, headers: { ...type, ...headers }, agent: false },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
          },
        );
        sent.once('error', reject);
        sent.end(body);
      }),
  };
}

/** A session of the owner: its path, its cookie, and the token that its forms hold. */
export interface TestSession {
  readonly path: string;
  readonly cookie: string;
  readonly form: string;
}

export async function signIn(dashboard: TestDashboard, link: string = dashboard.link()): Promise<TestSession> {
  const code = link.slice('/open/'.length);
  const opened = await dashboard.send('POST', '/open', dashboard.own, { code });
  const [set = ''] = opened.headers['set-cookie'] ?? [];
  const [cookie = ''] = set.split(';');
  const path = (opened.headers.location ?? '').replace(/\/$/, '');
  const { text } = await dashboard.send('GET', `${path}/`, { cookie });
  return { path, cookie, form: /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '' };
}
