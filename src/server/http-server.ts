import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Configuration } from '../core/configuration.ts';
import { requestIdFrom, runInContext } from '../core/context.ts';
import { escapeUnprintable } from '../core/escape-unprintable.ts';
import { clientName } from '../core/client-name.ts';
import type { Awaitable } from '../core/awaitable.ts';
import { AppError, errorCodes, errorFacts, messageOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { connectionLimit, limitConnections } from './connections.ts';
import { createGuard } from './guard.ts';
import { answerMalformedRequest } from './malformed-request.ts';
import { HttpError, methodNotAllowed } from './http-error.ts';
import { listen } from './listen.ts';
import { problemDetails, problemType } from './problem-details.ts';
import { createRefusals } from './refusals.ts';
import type { Principal } from '../safety/tokens/check-token.ts';

/** A request, after it was found to be meant for this server. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path without query, not decoded. */
  readonly path: string;
  /** What stands behind the `?`, or the empty string. */
  readonly query: string;
  readonly requestId: string;
  readonly principal: Principal;
  /** Whether the token that was shown still counts: for answers that go on for long. */
  readonly isStillAllowed: () => Promise<boolean>;
  /** Aborted when the caller is gone or the server stops. */
  readonly signal: AbortSignal;
}

/** An exchange whose caller has not shown a token. */
export type PublicExchange = Omit<Exchange, 'principal' | 'isStillAllowed'>;

/** An answer that needs no token. */
export type PublicAnswer = (exchange: PublicExchange) => Promise<void> | void;

/** The path of a public route that stands for all others. */
export const anyPath = '*';

/** What one of the servers does with requests. */
export interface HttpHandler {
  readonly name: 'mcp' | 'rest' | 'dashboard';
  /**
   * Answers that need no token, by path, beside those of every server. The one of {@link anyPath} gets every request that
   * no other path fits: a server whose callers show something else than a token checks them there.
   */
  readonly publicRoutes: ReadonlyMap<string, PublicAnswer>;
  /** Everything else but figures; the principal's token has been checked. */
  readonly handle: (exchange: Exchange) => Promise<void>;
  /** Ends what is still open, such as streams. */
  readonly close: () => Promise<void>;
}

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  /** Stops accepting, lets calls finish for up to `graceMs`, then cuts them off. */
  readonly close: (graceMs: number) => Promise<void>;
}

const metricsPath = '/metrics';
/**
 * How long a connection may be without a request. A client whose next request meets the end of it cannot know whether that
 * was carried out; too many connections end those that are idle anyway.
 */
const keepAliveMs = 65_000;
/** How long a server that stops leaves idle connections open, so that a request already on its way is answered. */
const drainIdleMs = 300;

/** Sends JSON. The content type may be a more exact one. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  contentType = 'application/json; charset=utf-8',
): void {
  const body = escapeUnprintable(JSON.stringify(value));
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Sends figures in Prometheus text. */
function sendText(response: ServerResponse, text: string): void {
  response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
  response.end(text);
}

/** Answers an error as RFC 9457 problem details, with the facts that every server reports. */
function sendProblem(response: ServerResponse, error: unknown, requestId: string, nowMs: number): void {
  const facts = errorFacts(error instanceof HttpError ? error.facts : error, requestId);
  const kind = error instanceof HttpError ? error : errorCodes[facts.code];
  if (response.headersSent) {
    // The answer has begun: cutting it off is the only way left to say that it is not whole.
    response.destroy();
    return;
  }
  if (error instanceof HttpError) response.setHeaders(new Map(Object.entries(error.headers)));
  if (facts.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer realm="gmail-llm"');
  if (facts.retryAt !== undefined) {
    const seconds = Math.ceil((Date.parse(facts.retryAt) - nowMs) / 1000);
    response.setHeader('retry-after', Math.max(1, seconds));
  }
  sendJson(response, kind.status, problemDetails(kind, facts), problemType);
}

/** Gives an answer that is there to be read, whatever else the method is refused. */
async function readOnly(exchange: PublicExchange, answer: PublicAnswer): Promise<void> {
  const { request, response } = exchange;
  const allowed = ['GET', 'HEAD', 'OPTIONS'];
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { allow: allowed.join(', ') }).end();
    return;
  }
  if (!allowed.includes(request.method ?? '')) throw methodNotAllowed(request.method ?? '', allowed);
  await answer(exchange);
}

const unauthenticated = () =>
  new AppError('UNAUTHENTICATED', 'A valid token is needed.', {
    field: 'Authorization',
    expected: 'Bearer and a token',
    hint: '`gmail-llm token` prints the token of this installation.',
  });

/**
 * Starts a server on its address. Every request gets a request id (its own if well formed), is refused with 403 when it
 * was meant for another host or comes from a foreign page, then with 401 without a token; only then the handler sees it.
 * Connections are bounded.
 */
export async function startHttpServer(options: {
  readonly handler: HttpHandler;
  /** Answers that every server gives without a token: its health. */
  readonly health: readonly (readonly [string, PublicAnswer])[];
  /** Makes the text of `/metrics`, which needs a token. */
  readonly renderMetrics: () => Promise<string>;
  readonly configuration: Pick<Configuration, 'host' | 'allowedHosts' | 'auth' | 'grants'>;
  /** Connections at once; less than the descriptors that a process may have. */
  readonly maxConnections?: number;
  readonly port: number;
  /** The variable that sets the port, for the error of a port in use. */
  readonly portVariable: string;
  readonly checkToken: (authorization: string | undefined) => Awaitable<Principal | undefined>;
  readonly logger: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The clock by which errors say when to try again. Default: this host's. */
  readonly now?: () => number;
}): Promise<RunningServer> {
  const { handler, configuration, logger, now = Date.now } = options;
  const publicRoutes = new Map([...options.health, ...handler.publicRoutes]);
  const guard = createGuard(configuration);
  const refusals = createRefusals(logger, () => performance.now());
  const anybody: Principal = { name: 'anybody', grants: configuration.grants };
  /** Requests that are being served, each with what tells it that nobody waits for its answer any more. */
  const inFlight = new Set<AbortController>();
  let isDraining = false;
  /** Connections without a request are not waited for any more. */
  let isCutting = false;

  /** Who may have what a request asks for: a public answer, or what a principal is served. Throws what refuses it. */
  async function admit(request: IncomingMessage, path: string): Promise<PublicAnswer | Principal> {
    try {
      guard.checkRequest(request);
      const answer = publicRoutes.get(path) ?? (path === metricsPath ? undefined : publicRoutes.get(anyPath));
      if (answer !== undefined) return answer;
      guard.checkPage(request);
      const principal =
        configuration.auth === 'none' ? anybody : await options.checkToken(request.headers.authorization);
      if (principal === undefined) throw unauthenticated();
      return principal;
    } catch (error) {
      if (error instanceof AppError) refusals.note(error.code, { path, address: request.socket.remoteAddress });
      throw error;
    }
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const url = request.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const admitted = await admit(request, path);
    const exchange: PublicExchange = {
      request,
      response,
      path,
      query: queryAt === -1 ? '' : url.slice(queryAt + 1),
      requestId,
      signal,
    };
    if (typeof admitted === 'function') {
      return publicRoutes.has(path) ? readOnly(exchange, admitted) : admitted(exchange);
    }
    if (path === metricsPath) return readOnly(exchange, async () => sendText(response, await options.renderMetrics()));
    const isStillAllowed = () => isAllowed(request.headers.authorization);
    const client = clientName(request.headers['user-agent']);
    return runInContext({ requestId, transport: handler.name, tokenName: admitted.name, client }, () =>
      handler.handle({ ...exchange, principal: { ...admitted, isStillAllowed }, isStillAllowed }),
    );
  }

  /** Whether a token that was shown before still counts. */
  async function isAllowed(authorization: string | undefined): Promise<boolean> {
    if (configuration.auth === 'none') return true;
    try {
      return (await options.checkToken(authorization)) !== undefined;
    } catch (error) {
      // It has expired.
      if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return false;
      throw error;
    }
  }

  const server = createServer((request, response) => {
    const gone = new AbortController();
    inFlight.add(gone);
    response.once('close', () => {
      inFlight.delete(gone);
      if (!response.writableFinished) gone.abort();
      if (isCutting && inFlight.size === 0) server.closeAllConnections();
    });
    if (isDraining) response.setHeader('connection', 'close');
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    // No other site's page can have an answer in it, whatever it takes it for.
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    serve(request, response, requestId, gone.signal).catch((error: unknown) => {
      if (!(error instanceof AppError || error instanceof HttpError)) {
        const path = request.url?.split('?')[0];
        runInContext({ requestId, transport: handler.name }, () => logger.error('request failed', { path, error }));
      }
      sendProblem(response, error, requestId, now());
    });
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const details = { field: 'Expect', expected: '100-continue', got: request.headers.expect ?? 'nothing' };
    const error = new HttpError(417, 'This expectation cannot be met.', details, { connection: 'close' });
    sendProblem(response, error, requestIdFrom(request.headers['x-request-id']), now());
  });
  server.keepAliveTimeout = keepAliveMs;
  limitConnections(server, options.maxConnections ?? connectionLimit());
  server.on('clientError', (error, socket) => {
    logger.debug('malformed request', { reason: messageOf(error) });
    answerMalformedRequest(error, socket);
  });

  const port = await listen(
    server,
    { host: configuration.host, port: options.port, variable: options.portVariable },
    options.environment,
  );
  return {
    port,
    async close(graceMs) {
      isDraining = true;
      // Not the HTTP server's own close, which cuts idle connections at once: a request may be on its way on one of them.
      const closed = new Promise<void>((resolve) => {
        NetServer.prototype.close.call(server, () => resolve());
      });
      const cutIdle = setTimeout(
        () => {
          isCutting = true;
          server.closeIdleConnections();
          // Node.js does not count a connection as idle that has never carried a request.
          if (inFlight.size === 0) server.closeAllConnections();
        },
        Math.min(drainIdleMs, graceMs),
      );
      const cutAll = setTimeout(() => {
        for (const gone of inFlight) gone.abort();
        server.closeAllConnections();
      }, graceMs);
      await handler.close();
      await closed;
      clearTimeout(cutIdle);
      clearTimeout(cutAll);
    },
  };
}
