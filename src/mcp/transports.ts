import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  classifyInboundRequest,
  createMcpHandler,
  INVALID_REQUEST,
  isJSONRPCRequest,
} from '@modelcontextprotocol/server';
import type { ServerEventBus } from '@modelcontextprotocol/server';
import type { Logger } from '../core/logger.ts';
import type { Principal } from '../safety/tokens/check-token.ts';
import { answerPlainCall } from './answer-plain-call.ts';
import type { McpService } from './build-server.ts';
import { refusal, sendAnswer, watchResponse, webHeaders, webRequest } from './web-exchange.ts';
import type { WebExchange } from './web-exchange.ts';
import { dropNulls } from './drop-nulls.ts';
import { createLegacySse } from './legacy-sse.ts';
import { readPlainCall } from './plain-call.ts';
import { readJsonBody } from './read-json-body.ts';
import { requestFault } from './request-fault.ts';
import { subscribedUris } from './subscribed-uris.ts';
import { createStreamableSessions } from './streamable-sessions.ts';

/** Bounds of the transports. */
export interface McpLimits {
  /** Longest body of a POST, in bytes; a longer one is answered 413. Default 4 MiB. */
  readonly maxBodyBytes: number;
  /** Sessions of 2025 clients kept at once; the least recently used one is closed for room. Default 1024. */
  readonly maxSessions: number;
  /** How long a session may lie unused before it is closed, give or take a tenth. Default 30 minutes. */
  readonly sessionIdleMs: number;
  /** HTTP+SSE streams at once; one more is answered 503. Default 256. */
  readonly maxSseStreams: number;
  /** Streams of any revision that one principal has open at once; one more is answered 503. Default 128. */
  readonly maxPrincipalStreams: number;
  /** How often it is looked whether the token of a stream still counts. Default 5 s. */
  readonly streamCheckMs: number;
  /** How long closing waits for calls that are being served. Default 3 s, well inside supervisord's 10 s to stop. */
  readonly closeGraceMs: number;
}

export const defaultMcpLimits: McpLimits = {
  maxBodyBytes: 4 * 1024 * 1024,
  maxSessions: 1024,
  sessionIdleMs: 30 * 60_000,
  maxSseStreams: 256,
  maxPrincipalStreams: 128,
  streamCheckMs: 5000,
  closeGraceMs: 3000,
};

export interface McpTransportsOptions extends McpService {
  readonly logger: Logger;
  readonly limits?: Partial<McpLimits>;
  /** Where changes are announced to clients that listen; without one nothing is ever announced. */
  readonly bus?: ServerEventBus;
}

/** Every MCP client, of every revision, on one address. */
export interface McpTransports {
  /**
   * Serves one request whose Host, Origin and token have been checked. Sessions and streams are bound to the name of
   * the principal. Fulfilled when the answer is over, which for a stream is when the client leaves.
   */
  handle(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void>;
  /** Waits a moment for calls that are being served, then ends every stream and session. */
  close(): Promise<void>;
}

/**
 * Makes the transports. Which client it is, is told by the request alone:
 *
 * | request | served as |
 * | --- | --- |
 * | GET without `Mcp-Session-Id` | HTTP+SSE (2024-11-05), a new stream |
 * | POST with `?sessionId=` | HTTP+SSE, a message |
 * | POST with the envelope of 2026-07-28 in its `_meta` | 2026-07-28, stateless; a plain `tools/call` without the SDK |
 * | any other POST, GET or DELETE | Streamable HTTP of 2025, with a session |
 */
export function createMcpTransports(options: McpTransportsOptions): McpTransports {
  const { buildServer, callPlainly, logger, updates, bus = updates?.bus } = options;
  const limits = { ...defaultMcpLimits, ...options.limits };
  const sessions = createStreamableSessions(buildServer, limits, logger);
  const sse = createLegacySse(buildServer, limits.maxSseStreams);
  const principals = new WeakMap<Request, Principal>();
  const modern = createMcpHandler(({ requestInfo }) => buildServer(() => principalOf(requestInfo)), {
    legacy: 'reject',
    onerror: (error) => logger.debug('mcp request', { reason: error.message }),
    ...(bus === undefined ? {} : { bus }),
  });
  const sweeper = setInterval(() => sessions.sweep(), limits.sessionIdleMs / 10).unref();
  /** Exchanges that end by themselves: what a restart must not cut short. */
  const calls = new Set<Promise<void>>();
  /** What ends each plain call. */
  const plainCalls = new Set<AbortController>();
  /** All of them, streams too. */
  const exchanges = new Set<Promise<void>>();
  /** Open streams by the name of their principal. */
  const streams = new Map<string, number>();
  let isClosed = false;

  /** Counts a stream until it ends, which it does when its token no longer counts. Returns the refusal of one too many. */
  function countStream(exchange: WebExchange): Response | undefined {
    const { principal, ended } = exchange;
    const { name } = principal;
    const open = streams.get(name) ?? 0;
    if (open >= limits.maxPrincipalStreams) {
      const message = `Too many streams: at most ${limits.maxPrincipalStreams} at once for one token.`;
      return refusal(503, message, { 'retry-after': '5' });
    }
    streams.set(name, open + 1);
    const check = setInterval(() => void cutOffUnlessAllowed(exchange), limits.streamCheckMs).unref();
    void ended.then(() => {
      clearInterval(check);
      const left = (streams.get(name) ?? 1) - 1;
      if (left === 0) streams.delete(name);
      else streams.set(name, left);
    });
    return undefined;
  }

  function principalOf(request: Request | undefined): Principal {
    const principal = request === undefined ? undefined : principals.get(request);
    if (principal === undefined) throw new Error('The SDK has built a server for a request that is not ours.');
    return principal;
  }

  function servePost(exchange: WebExchange): Promise<Response> | Response {
    const { request, body, principal } = exchange;
    const sseSessionId = exchange.searchParams.get('sessionId');
    if (sseSessionId !== null) return sse.takeMessage(exchange, sseSessionId);
    if (isListening(body)) {
      calls.delete(exchange.ended);
      const tooMany = countStream(exchange);
      if (tooMany !== undefined) return tooMany;
    }
    if (isFrom2025(exchange)) return sessions.handle(exchange);
    principals.set(request, principal);
    const fetch = () => modern.fetch(request, { parsedBody: body });
    return updates !== undefined && isListening(body) ? updates.as(principal, subscribedUris(body), fetch) : fetch();
  }

  function serve(exchange: WebExchange): Promise<Response> | Response {
    const { method, headers } = exchange.request;
    if (method === 'POST') return servePost(exchange);
    const tooMany = method === 'GET' ? countStream(exchange) : undefined;
    if (tooMany !== undefined) return tooMany;
    const isSse = method === 'GET' && !headers.has('mcp-session-id');
    return isSse ? sse.openStream(exchange) : sessions.handle(exchange);
  }

  /** The answer to a request, or undefined if it has been sent. */
  async function answerTo(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
  ): Promise<Response | undefined> {
    const method = request.method ?? '';
    if (isClosed) return refusal(503, 'The server is stopping: try again in a moment.', { 'retry-after': '1' });
    if (!['GET', 'POST', 'DELETE'].includes(method)) {
      const message = `Method not allowed: expected GET, POST or DELETE, got ${method}.`;
      return refusal(405, message, { allow: 'GET, POST, DELETE' });
    }
    const { abort, ended } = watchResponse(response);
    exchanges.add(ended);
    if (method === 'POST') calls.add(ended);
    void ended.then(() => {
      exchanges.delete(ended);
      calls.delete(ended);
      plainCalls.delete(abort);
    });
    const read = method === 'POST' ? await readJsonBody(request, limits.maxBodyBytes) : undefined;
    if (read?.kind === 'refused') return read.answer;
    const query = request.url?.split('?')[1];
    const plain =
      callPlainly === undefined || query !== undefined ? undefined : readPlainCall(request.headers, read?.value);
    const called = plain === undefined ? undefined : callPlainly?.(plain, principal, abort.signal);
    if (plain !== undefined && called !== undefined) {
      plainCalls.add(abort);
      await answerPlainCall(response, plain, called, abort.signal);
      return undefined;
    }
    const body = dropNulls(read?.value);
    const fault = method === 'POST' ? requestFault(body) : undefined;
    if (fault !== undefined) return Response.json(fault, { status: fault.error.code === INVALID_REQUEST ? 400 : 200 });
    return serve({
      request: webRequest(method, webHeaders(request), abort.signal),
      searchParams: new URLSearchParams(query),
      principal,
      ended,
      cutOff: () => response.destroy(),
      body,
    });
  }

  return {
    async handle(request, response, principal) {
      if (isClosed && request.method === 'GET') {
        // An EventSource that is answered with an error never comes back; one whose connection breaks does.
        response.destroy();
        return;
      }
      try {
        const answer = await answerTo(request, response, principal);
        if (answer !== undefined) await sendAnswer(response, answer);
      } catch (error) {
        const isClientGone = response.destroyed;
        logger[isClientGone ? 'debug' : 'error']('mcp request failed', { error });
        if (response.headersSent) response.destroy();
        else if (!isClientGone) await sendAnswer(response, refusal(500, 'Internal error: the log has the details.'));
      }
    },
    async close() {
      await within(limits.closeGraceMs, Promise.all([...calls, sse.settled()]));
      isClosed = true;
      clearInterval(sweeper);
      for (const abort of plainCalls) abort.abort();
      updates?.close();
      await Promise.all([modern.close(), sessions.close(), sse.close()]);
      // Only then their connections are idle, and the HTTP server can close them.
      await within(limits.closeGraceMs, Promise.all(exchanges));
    },
  };
}

/** Ends a stream whose token was revoked, or has expired. */
async function cutOffUnlessAllowed({ principal, cutOff }: WebExchange): Promise<void> {
  try {
    if ((await principal.isStillAllowed?.()) === false) cutOff();
  } catch {
    // The tokens cannot be read now: it is looked again.
  }
}

/** Waits for `work`, but no longer than this. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([work, timeout]);
  over.abort();
}

/** Whether a POST is of a 2025 revision, by the SDK's own rule; what is of none is refused by the modern side. */
function isFrom2025({ request: { headers }, body }: WebExchange): boolean {
  const protocolVersionHeader = headers.get('mcp-protocol-version');
  const version = protocolVersionHeader === null ? {} : { protocolVersionHeader };
  return classifyInboundRequest({ httpMethod: 'POST', body, ...version }).kind === 'legacy';
}

/** Whether a request opens a stream of its own that lasts until the client leaves. */
function isListening(body: unknown): boolean {
  return isJSONRPCRequest(body) && body.method === 'subscriptions/listen';
}
