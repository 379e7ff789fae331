import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { ApiRequest, Channel } from '../../src/gmail/channel.ts';
import { createChannel, type ChannelOptions } from '../../src/gmail/channel/create-channel.ts';
import type { SharedState } from '../../src/gmail/channel/shared-state.ts';
import { openSharedState } from './open-shared-state.ts';
import type { OAuthCredential } from '../../src/gmail/credential.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import type { KeyedCredentialStore } from '../../src/gmail/credential.ts';
import { runInContext, type CallContext } from '../../src/core/context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const account = 'me@example.org';

/** A login as the emulator, or a scripted server, knows it. */
export function loginOf(facts: Partial<OAuthCredential> = {}): OAuthCredential {
  return {
    kind: 'oauth',
    emailAddress: account,
    scopes: ['https://mail.google.com/'],
    createdMs: 0,
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'refresh-1',
    ...facts,
  };
}

export interface Parts {
  readonly folder: string;
  readonly store: KeyedCredentialStore;
  readonly state: SharedState;
  readonly channel: Channel;
}

/** A store with a login, a state and a channel to a server that is API and token endpoint in one. */
export async function openParts(
  context: Pick<TestContext, 'after'>,
  rootUrl: string,
  options: {
    readonly login?: Partial<OAuthCredential>;
    readonly configuration?: Partial<ChannelOptions['configuration']>;
    readonly now?: () => number;
    /** A second process's view of the same home. */
    readonly folder?: string;
  } = {},
): Promise<Parts> {
  const folder = options.folder ?? temporaryFolder(context);
  const clock = options.now === undefined ? {} : { now: options.now };
  const store = openCredentialStore(folder, { keyStore: 'file' });
  if (options.folder === undefined) await store.save(loginOf(options.login));
  const state = openSharedState(folder, clock);
  const channel = createChannel({
    account,
    store,
    state,
    configuration: {
      apiRootUrl: rootUrl,
      oauthRootUrl: rootUrl,
      quota: '2026',
      concurrency: 8,
      ...options.configuration,
    },
  });
  context.after(async () => {
    channel.close();
    await state.close();
    store.close();
  });
  return { folder, store, state, channel };
}

/** A request to the API, by default one that is safe to repeat and costs a unit. */
export function apiRequest(rootUrl: string, facts: Partial<ApiRequest> & { readonly path?: string } = {}): ApiRequest {
  const { path = 'gmail/v1/users/me/labels', ...others } = facts;
  return {
    methodIds: ['gmail.users.labels.list'],
    httpMethod: 'GET',
    url: new URL(path, rootUrl).href,
    headers: {},
    isSafeToRepeat: true,
    timeoutMs: 10_000,
    ...others,
  };
}

/** A send: not safe to repeat. */
export function sendRequest(rootUrl: string, facts: Partial<ApiRequest> = {}): ApiRequest {
  return apiRequest(rootUrl, {
    methodIds: ['gmail.users.messages.send'],
    httpMethod: 'POST',
    path: 'gmail/v1/users/me/messages/send',
    body: '{"raw":"eA"}',
    headers: { 'content-type': 'application/json' },
    isSafeToRepeat: false,
    ...facts,
  });
}

/** Runs work as a call with little patience, unless told otherwise. */
export function asCall<T>(context: Partial<CallContext> & { readonly patienceMs?: number }, work: () => T): T {
  const { patienceMs = 10_000, ...others } = context;
  return runInContext(
    { requestId: 'test', transport: 'rest', deadlineMs: performance.now() + patienceMs, ...others },
    work,
  );
}

export interface ScriptedServer {
  readonly rootUrl: string;
  /** Method, path and bearer of each request that arrived, in order. */
  readonly log: { readonly line: string; readonly authorization: string | undefined; readonly body: string }[];
}

/** Answers one request. */
export type Script = (
  request: IncomingMessage & { readonly text: string },
  response: ServerResponse,
) => void | Promise<void>;

/** A server for answers that no emulator gives. */
export async function scriptedServer(context: Pick<TestContext, 'after'>, script: Script): Promise<ScriptedServer> {
  const log: ScriptedServer['log'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      log.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body: text });
      void script(Object.assign(request, { text }), response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { rootUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, log };
}

/** Answers JSON. */
export function answer(
  response: ServerResponse,
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(typeof json === 'string' ? json : JSON.stringify(json));
}

/** A script that gives out tokens `token-1`, `token-2`, … at `/token`, and leaves the rest to another. */
export function withTokens(script: Script, lifetimeSeconds = 3600): Script {
  let issued = 0;
  return (request, response) => {
    if (request.url !== '/token') return script(request, response);
    issued += 1;
    answer(response, 200, { access_token: `token-${issued}`, expires_in: lifetimeSeconds, token_type: 'Bearer' });
  };
}

/** Google's error body. */
export function errorBody(
  code: number,
  reason: string,
  message: string,
  status = 'X',
  details: unknown[] = [],
): unknown {
  return { error: { code, message, errors: [{ message, domain: 'global', reason }], status, details } };
}
