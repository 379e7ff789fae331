import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'undici';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { openHomeStores } from '../../src/store/home-stores.ts';
import { freePort, startServer, stop, type Program } from '../processes.ts';

/** A `gmail-api-server` on a home, asked over one connection. */
export interface MailServer {
  readonly program: Program;
  /** Returns the body of an answer with status 200; any other is an error. */
  readonly get: (path: string) => Promise<string>;
  readonly post: (path: string, body: unknown) => Promise<string>;
}

async function ownerTokenOf(home: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const dataFolder = join(home, 'data');
  const stores = await openHomeStores(parseConfiguration(environment), dataFolder, Date.now);
  try {
    return await openSafety({ folder: home, dataFolder }, Date.now, stores).tokens.owner();
  } finally {
    await stores.close();
  }
}

/** Starts a server; it ends with the bench. */
export async function startMailServer(
  context: Pick<TestContext, 'after'>,
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<MailServer> {
  const program = await startServer('gmail-api-server', home, await freePort(), { TZ: 'UTC', ...environment });
  context.after(() => stop(program));
  const client = new Client(`http://127.0.0.1:${program.port}`);
  context.after(() => client.close());
  const headers = { authorization: `Bearer ${await ownerTokenOf(home, environment)}` };

  async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await client.request({ method, path, headers: { ...headers, ...type }, ...sent });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    return text;
  }
  return { program, get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}
