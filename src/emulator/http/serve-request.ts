import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.ts';
import { answerBatch, maxBatchBytes } from './answer-batch.ts';
import { bearerToken } from './authorize-call.ts';
import { admitCall, largestCallBody, withFaults, type ApiEndpoint } from './api-endpoint.ts';
import { answerControl } from '../control/control.ts';
import type { Emulator } from '../emulator.ts';
import { frontEndError, outcomeOf, type HttpAnswer } from './http-answer.ts';
import { answerAuthorization, type AuthorizationEndpoint } from '../oauth/authorization-endpoint.ts';
import { answerRevoke, answerToken, answerTokenInfo, type TokenEndpoint } from '../oauth/token-endpoint.ts';
import { answerPubsub, pubsubPath, type PubsubEndpoint } from '../pubsub/pubsub-endpoint.ts';
import { readRequestBody } from './read-request-body.ts';
import { backendError, errorAnswer } from './server-errors.ts';
import { writeAnswer } from './write-answer.ts';

/** Everything that a request may need. */
export interface Endpoints {
  readonly api: ApiEndpoint;
  readonly authorization: AuthorizationEndpoint;
  readonly token: TokenEndpoint;
  readonly pubsub: PubsubEndpoint;
  readonly emulator: Emulator;
}

const controlPrefix = '/emulator/';

/** Forms of the OAuth endpoints, and what the control of the emulator takes. */
const maxFormBytes = 1024 * 1024;
const maxControlBytes = 160 * 1024 * 1024;

/** Where Google's endpoints are, by the path that each of its hosts and versions has. */
const names: ReadonlyMap<string, string> = new Map([
  ['/o/oauth2/v2/auth', 'auth'],
  ['/o/oauth2/auth', 'auth'],
  ['/token', 'token'],
  ['/oauth2/v4/token', 'token'],
  ['/o/oauth2/token', 'token'],
  ['/revoke', 'revoke'],
  ['/o/oauth2/revoke', 'revoke'],
  ['/tokeninfo', 'tokeninfo'],
  ['/oauth2/v3/tokeninfo', 'tokeninfo'],
  ['/batch', 'batch'],
  ['/batch/gmail/v1', 'batch'],
]);

/** Answers one HTTP request, whatever it is for. Rejects when the client goes away or the emulator closes. */
export async function serveRequest(
  endpoints: Endpoints,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { counters, signal } = endpoints.api;
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  const isControl = url?.pathname.startsWith(controlPrefix) ?? false;
  if (!isControl) counters.request();
  const answer =
    url === null ? illegal : await answerRequest(endpoints, request, url).catch(faultOfOurs(request, signal));
  const bytes = await writeAnswer(request, response, answer, signal);
  if (isControl) return;
  counters.sent(bytes);
  if (answer.transport === undefined) for (const id of answer.rawIds ?? []) counters.raw(id);
}

/** Told to the client, so that a test that meets a fault of the emulator sees whose it is. */
function faultOfOurs(request: IncomingMessage, signal: AbortSignal) {
  return (error: unknown): HttpAnswer => {
    if (signal.aborted || request.destroyed) throw error;
    return errorAnswer(backendError(`The emulator failed: ${messageOf(error)}`), false);
  };
}

const illegal = frontEndError(400, 'Your client has issued a malformed or illegal request.');

async function answerRequest(endpoints: Endpoints, request: IncomingMessage, url: URL): Promise<HttpAnswer> {
  const { api, emulator } = endpoints;
  const { method: httpMethod = 'GET', headers } = request;
  const { pathname, searchParams: query } = url;
  const { authorization, 'content-type': contentType = '' } = headers;
  // A page of the web may send its visitor's browser here under a name of its own (DNS rebinding).
  if (!/^(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/.test(headers.host ?? '')) {
    return frontEndError(403, 'The emulator answers on the loopback address only.');
  }
  if (pathname.startsWith(controlPrefix)) {
    const bytes = (await readRequestBody(request, maxControlBytes)) ?? Buffer.alloc(0);
    return answerControl(emulator, { httpMethod, pathname, query, origin: headers.origin, bytes });
  }
  if (pubsubPath.test(pathname)) {
    const bytes = (await readRequestBody(request, maxFormBytes)) ?? Buffer.alloc(0);
    const call = { httpMethod, pathname, authorization, bytes };
    return withFaults(api, ['pubsub', pathname], () => answerPubsub(endpoints.pubsub, call));
  }
  const name = names.get(pathname);
  switch (name) {
    case 'batch': {
      if (httpMethod !== 'POST') return wrongMethod(httpMethod, pathname);
      const bytes = await readRequestBody(request, maxBatchBytes);
      const batch = { authorization, contentType, bytes };
      return withFaults({ ...api, latencyMs: () => 0 }, [name, pathname], () => answerBatch(api, batch));
    }
    case undefined: {
      if (lacksLength(request)) return frontEndError(411, 'POST requests require a Content-length header.');
      const bytes = await readRequestBody(request, largestCallBody(httpMethod, pathname));
      if (httpMethod === 'GET' && bytes?.byteLength !== 0) {
        return illegal;
      }
      const call = { httpMethod, pathname, query, authorization, contentType, bytes };
      return admitCall(api, call)();
    }
    default: {
      const form = await readForm(request, contentType);
      const answer = await withFaults(api, [name, pathname], () =>
        answerOAuth(endpoints, { name, httpMethod, pathname, query, form, authorization }),
      );
      if (name === 'token') api.counters.tokenAnswer(outcomeOf(answer));
      return answer;
    }
  }
}

/** A request to one of Google's OAuth endpoints. */
interface OAuthRequest {
  readonly name: string;
  readonly httpMethod: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

function answerOAuth({ api, authorization, token }: Endpoints, request: OAuthRequest): HttpAnswer {
  const { name, httpMethod, pathname, query, form } = request;
  switch (`${httpMethod} ${name}`) {
    case 'GET auth':
      return answerAuthorization(authorization, query);
    case 'POST token':
      return answerToken(token, form, request.authorization);
    case 'GET revoke':
    case 'POST revoke':
      return answerRevoke(api.authority, form.get('token') ?? query.get('token'));
    case 'GET tokeninfo':
    case 'POST tokeninfo':
      return answerTokenInfo(
        api.authority,
        form.get('access_token') ?? query.get('access_token') ?? bearerToken(request.authorization) ?? null,
        api.nowMs(),
      );
    default:
      return wrongMethod(httpMethod, pathname);
  }
}

function wrongMethod(httpMethod: string, pathname: string): HttpAnswer {
  return frontEndError(405, `The request method ${httpMethod} is inappropriate for the URL ${pathname}.`);
}

/** Google's front end wants to know how long a body is, or that it comes in chunks. */
function lacksLength({ method, headers }: IncomingMessage): boolean {
  const sendsBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return sendsBody && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}

/** Google takes forms, and the same as JSON. */
async function readForm(request: IncomingMessage, contentType: string): Promise<URLSearchParams> {
  const text = ((await readRequestBody(request, maxFormBytes)) ?? Buffer.alloc(0)).toString();
  if (!/^application\/json/i.test(contentType)) return new URLSearchParams(text);
  try {
    const value: unknown = JSON.parse(text);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return new URLSearchParams(entries.map(([key, entry]): [string, string] => [key, String(entry)]));
  } catch {
    return new URLSearchParams();
  }
}
