import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { tokenGrants } from '../../src/core/grants.ts';
import type { Grant } from '../../src/core/grants.ts';
import { locateHome } from '../../src/core/home.ts';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import type { Operation } from '../../src/operations/kernel/operation.ts';
import { operations } from '../../src/operations/operations.ts';
import { assertDocumented } from '../support/documented-answers.ts';
import { startMcpServer } from '../support/mcp-server.ts';
import { startRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Json } from './door-passes.ts';

function operationNamed(name: string): Operation {
  return operations.find((operation) => operation.name === name) ?? assert.fail(name);
}

/** A REST server and an MCP server on one home, with all grants and all toolsets. */
export interface TwoDoors {
  /** Where both servers are, for requests that no client makes, and the owner's token. */
  readonly restUrl: string;
  readonly mcpUrl: URL;
  readonly token: string;
  /** A token with all grants but this one. */
  readonly tokenWithout: (grant: Grant) => string;
  /** Calls an operation at its route, with the owner's token or another. What it answers has to be as in the API's document. */
  readonly overRest: (
    name: string,
    input: Json,
    token?: string,
  ) => Promise<{ status: number; json: Json; body: string }>;
  /** Calls an operation that answers a file, with the owner's token. */
  readonly bytesOverRest: (name: string, input: Json) => Promise<Buffer>;
  /** Calls a tool. */
  readonly overMcp: (name: string, input: Json, token?: string) => Promise<{ text: string; isError: boolean }>;
  /** A client of the owner, connected to the MCP server. */
  readonly client: () => Promise<Client>;
  /** Names of the tools that a token is listed. */
  readonly toolNames: (token: string) => Promise<readonly string[]>;
}

type Context = Parameters<typeof startRestServer>[0];

/** Starts both servers; `fillHome` puts mail into the home before and answers the environment that finds it. */
export async function startTwoDoors(
  context: Context,
  fillHome: (dataFolder: string) => Promise<Readonly<Record<string, string>>>,
): Promise<TwoDoors> {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(context) });
  mkdirSync(home.dataFolder, { mode: 0o700 });
  const environment = { ...(await fillHome(home.dataFolder)), GMAIL_GRANTS: 'all', GMAIL_MCP_TOOLSETS: 'all,admin' };
  // After the home is filled, which may bring tokens of its own.
  const without = new Map<Grant, string>(
    tokenGrants.map((grant) => {
      const others = tokenGrants.filter((other) => other !== grant);
      return [grant, createToken(home.dataFolder, { name: `not-${grant}`, grants: others }, new Date())];
    }),
  );
  const rest = await startRestServer(context, { ...environment, GMAIL_HOME: home.folder });
  const { url: mcpUrl } = await startMcpServer(context, home, environment);

  const clients = new Map<string, Promise<Client>>();

  async function connect(token: string): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' });
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    await client.connect(new StreamableHTTPClientTransport(mcpUrl, { requestInit: { headers } }));
    context.after(() => client.close());
    return client;
  }

  /** One connection for each token, for as long as the servers run. */
  function clientOf(token: string): Promise<Client> {
    const client = clients.get(token) ?? connect(token);
    clients.set(token, client);
    return client;
  }

  return {
    restUrl: rest.url,
    mcpUrl,
    token: rest.token,
    tokenWithout: (grant) => without.get(grant) ?? assert.fail(grant),
    async overRest(name, input, token = rest.token) {
      const operation = operationNamed(name);
      const response = await fetch(...requestOf(rest.url, operation, input, token));
      const body = await response.text();
      await assertDocumented(rest.url, operation, response, body);
      return { status: response.status, json: JSON.parse(body) as Json, body };
    },
    async bytesOverRest(name, input) {
      const response = await fetch(...requestOf(rest.url, operationNamed(name), input, rest.token));
      return Buffer.from(await response.arrayBuffer());
    },
    async overMcp(name, input, token = rest.token) {
      const { content, isError } = await (await clientOf(token)).callTool({ name, arguments: { ...input } });
      const [first] = content as { text: string }[];
      return { text: first?.text ?? '', isError: isError === true };
    },
    client: () => clientOf(rest.token),
    async toolNames(token) {
      return (await (await clientOf(token)).listTools()).tools.map(({ name }) => name);
    },
  };
}

/** The request that an operation's route and input come to. */
function requestOf(url: string, { method, path }: Operation, input: Json, token: string): [string, RequestInit] {
  const fields = new Map(Object.entries(input));
  const filled = path.replace(/\?.*$/, '').replaceAll(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(fields.get(field));
    fields.delete(field);
    return encodeURIComponent(value);
  });
  // On a busy machine the server may have ended a kept connection before the client has seen it.
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams([...fields].map(([field, value]): [string, string] => [field, String(value)]));
    return [`${url}${filled}${fields.size > 0 ? `?${query.toString()}` : ''}`, { method, headers }];
  }
  const body = JSON.stringify(Object.fromEntries(fields));
  return [`${url}${filled}`, { method, headers: { ...headers, 'content-type': 'application/json' }, body }];
}
