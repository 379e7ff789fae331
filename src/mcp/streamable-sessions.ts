import {
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
  isInitializeRequest,
  isJSONRPCRequest,
} from '@modelcontextprotocol/server';
import type { Logger } from '../core/logger.ts';
import type { Principal } from '../safety/tokens/check-token.ts';
import { isJsonObject } from '../core/json-object.ts';
import { acceptedForms } from './accepted-forms.ts';
import type { BuildServer } from './build-server.ts';
import { cancelledRequestId } from './cancelled-request-id.ts';
import { eventsAsJson } from './events-as-json.ts';
import { refusal, webRequest } from './web-exchange.ts';
import type { WebExchange } from './web-exchange.ts';
import { mintSessionId, readSessionId } from './session-id.ts';
import type { Handshake } from './session-id.ts';

interface Session {
  /** Who made the latest request: the name never changes, the grants may. */
  principal: Principal;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Fulfilled when requests may be passed on. */
  readonly ready: Promise<void>;
  readonly close: () => Promise<void>;
  /** Exchanges that are not over yet, an open stream among them. */
  openExchanges: number;
  lastUsedMs: number;
}

/** How many sessions are kept, and for how long after their last use. */
export interface SessionLimits {
  readonly maxSessions: number;
  readonly sessionIdleMs: number;
}

/** The sessions of the 2025 revisions of Streamable HTTP. */
export interface StreamableSessions {
  /** Serves one POST, GET or DELETE of a 2025 client. */
  handle(exchange: WebExchange): Promise<Response>;
  /** Closes what has been idle for too long. */
  sweep(): void;
  /** Closes every session, and with it every stream and call. */
  close(): Promise<void>;
}

/**
 * Keeps the sessions of 2025 clients, least recently used first out.
 *
 * A session that was dropped here, for room, for idleness or by a restart, is opened again when its client comes back:
 * its id carries the handshake, which is replayed to a fresh server before the client's request. Only a session that
 * its client has deleted stays gone (404), as the specification wants it.
 */
export function createStreamableSessions(
  buildServer: BuildServer,
  limits: SessionLimits,
  logger: Logger,
): StreamableSessions {
  /** In order of use, the least recently used first. */
  const sessions = new Map<string, Session>();
  const deletedIds = new Set<string>();

  /** Opens a session under this id; what a lost one was told at its beginning is told again. */
  function open(id: string, principal: Principal, handshake?: Handshake): Session {
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id });
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transports have callbacks only
    transport.onerror = (error) => logger.debug('mcp session', { reason: error.message });
    const server = buildServer(() => session.principal);
    const connected = server.connect(transport);
    const session: Session = {
      principal,
      transport,
      ready: handshake === undefined ? connected : connected.then(() => replay(transport, id, handshake)),
      close: () => server.close(),
      openExchanges: 0,
      lastUsedMs: Date.now(),
    };
    return session;
  }

  /** Makes a session the most recently used one, and room for it: an idle one goes first. */
  function keep(id: string, session: Session): Session {
    sessions.delete(id);
    if (sessions.size >= limits.maxSessions) {
      const [oldest] = sessions.keys();
      const [idle] = sessions.entries().find(([, { openExchanges }]) => openExchanges === 0) ?? [oldest];
      if (idle !== undefined) void drop(idle);
    }
    sessions.set(id, session);
    return session;
  }

  async function drop(id: string): Promise<void> {
    const session = sessions.get(id);
    sessions.delete(id);
    await session?.close();
  }

  /** A new session for a client's `initialize`. */
  async function start(exchange: WebExchange): Promise<Response> {
    if (!isInitializeRequest(exchange.body)) {
      return refusal(400, 'No Mcp-Session-Id header: expected one, or an initialize request to get one.');
    }
    const { protocolVersion, capabilities, clientInfo } = exchange.body.params;
    const version = SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion) ? protocolVersion : LATEST_PROTOCOL_VERSION;
    const id = mintSessionId(version, capabilities, exchange.principal.name, clientInfo);
    const answer = await pass(keep(id, open(id, exchange.principal)), exchange);
    if (!answer.ok) await drop(id);
    return answer;
  }

  /** The session with this id: the one that is open, or the one that its handshake opens again. */
  function find(id: string, principal: Principal): Session | undefined {
    const handshake = readSessionId(id, principal.name);
    if (handshake === undefined || deletedIds.has(id)) return undefined;
    return keep(id, sessions.get(id) ?? open(id, principal, handshake));
  }

  async function pass(session: Session, { request, body, principal, ended }: WebExchange): Promise<Response> {
    const { transport } = session;
    session.principal = principal;
    session.openExchanges += 1;
    void ended.then(() => {
      session.openExchanges -= 1;
      session.lastUsedMs = Date.now();
    });
    await session.ready;
    request.signal.throwIfAborted();
    // Without a store of events nobody can fetch the answer of a broken stream later: the call is over.
    request.signal.addEventListener('abort', () => cancelCalls(transport, body));
    const forms = acceptedForms(request.headers.get('accept'));
    // The SDK looks for both words; the form that the client takes is made below.
    request.headers.set('accept', 'application/json, text/event-stream');
    const answer = await transport.handleRequest(request, { parsedBody: body });
    const cancelledId = cancelledRequestId(body);
    // A cancelled call is never answered: its stream would stay open for as long as the session.
    if (cancelledId !== undefined) transport.closeSSEStream(cancelledId);
    return forms.events ? answer : eventsAsJson(answer, (message) => transport.onmessage?.(message));
  }

  return {
    async handle(exchange) {
      const { headers, method } = exchange.request;
      const forms = acceptedForms(headers.get('accept'));
      if (method === 'POST' ? !forms.json && !forms.events : method === 'GET' && !forms.events) {
        const expected = method === 'GET' ? 'text/event-stream' : 'application/json or text/event-stream';
        return refusal(406, `Not acceptable: expected an Accept header with ${expected}.`);
      }
      const id = headers.get('mcp-session-id');
      // Who begins a session may still send the id of one that is gone, of this server or of another.
      if (id === null || isInitialize(exchange.body)) return start(exchange);
      const session = find(id, exchange.principal);
      if (session === undefined) {
        return refusal(404, 'Session not found: send an initialize request to start another one.');
      }
      const answer = await pass(session, exchange);
      if (exchange.request.method === 'DELETE' && answer.ok) {
        remember(deletedIds, id, limits.maxSessions);
        await drop(id);
      }
      return answer;
    },
    sweep() {
      const idleSinceMs = Date.now() - limits.sessionIdleMs;
      for (const [id, { openExchanges, lastUsedMs }] of sessions) {
        if (openExchanges === 0 && lastUsedMs <= idleSinceMs) void drop(id);
      }
    },
    async close() {
      await Promise.all([...sessions.keys()].map(drop));
    },
  };
}

/** Whether a client begins a session; most messages are told apart without looking closely. */
function isInitialize(body: unknown): boolean {
  return isJsonObject(body) && body['method'] === 'initialize' && isInitializeRequest(body);
}

function remember(ids: Set<string>, id: string, maxIds: number): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > maxIds && oldest !== undefined) ids.delete(oldest);
}

/** Says to a fresh server what its client once said to open the session (specification 2025-11-25, lifecycle). */
async function replay(
  transport: WebStandardStreamableHTTPServerTransport,
  id: string,
  { protocolVersion, capabilities, client: clientInfo = { name: '', version: '' } }: Handshake,
): Promise<void> {
  const messages = [
    { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion, capabilities, clientInfo } },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
  ];
  const headers = new Headers({
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-session-id': id,
  });
  for (const parsedBody of messages) {
    const answer = await transport.handleRequest(webRequest('POST', headers), { parsedBody });
    await answer.text();
  }
}

function cancelCalls(transport: WebStandardStreamableHTTPServerTransport, body: unknown): void {
  for (const message of Array.isArray(body) ? body : [body]) {
    if (!isJSONRPCRequest(message)) continue;
    const params = { requestId: message.id, reason: 'The client closed the connection.' };
    transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    transport.closeSSEStream(message.id);
  }
}
