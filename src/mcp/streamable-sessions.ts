import {
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
  isInitializeRequest,
  isJSONRPCRequest,
} from '@modelcontextprotocol/server';
import type { Logger } from '../core/logger.ts';
import type { Principal } from '../door/tokens.ts';
import type { BuildServer } from './build-server.ts';
import { cancelledRequestId } from './cancelled-request-id.ts';
import { refusal, webRequest } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { mintSessionId, readSessionId } from './session-id.ts';
import type { Handshake } from './session-id.ts';

interface Session {
  /** Who made the latest request: the name never changes, the grants may. */
  principal: Principal;
  readonly transport: WebStandardStreamableHTTPServerTransport;
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
  handle(exchange: Exchange): Promise<Response>;
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
  const sessions = new Map<string, Promise<Session>>();
  const deletedIds = new Set<string>();

  async function open(id: string, principal: Principal): Promise<Session> {
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id });
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transports have callbacks only
    transport.onerror = (error) => logger.debug('mcp session', { reason: error.message });
    const server = buildServer(() => session.principal);
    const session: Session = {
      principal,
      transport,
      close: () => server.close(),
      openExchanges: 0,
      lastUsedMs: Date.now(),
    };
    await server.connect(transport);
    return session;
  }

  function keep(id: string, session: Promise<Session>): Promise<Session> {
    sessions.delete(id);
    sessions.set(id, session);
    // One that could not be opened is not kept; its caller gets the error.
    session.catch(() => sessions.delete(id));
    const [oldest] = sessions.keys();
    if (sessions.size > limits.maxSessions && oldest !== undefined) void drop(oldest);
    return session;
  }

  async function drop(id: string): Promise<void> {
    const session = await sessions.get(id)?.catch(() => undefined);
    sessions.delete(id);
    await session?.close();
  }

  /** A new session for a client's `initialize`. */
  async function start(exchange: Exchange): Promise<Response> {
    if (!isInitializeRequest(exchange.body)) {
      return refusal(400, 'No Mcp-Session-Id header: expected one, or an initialize request to get one.');
    }
    const { protocolVersion, capabilities } = exchange.body.params;
    const version = SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion) ? protocolVersion : LATEST_PROTOCOL_VERSION;
    const id = mintSessionId(version, capabilities, exchange.principal.name);
    const session = keep(id, open(id, exchange.principal));
    const answer = await pass(await session, exchange);
    if (!answer.ok) await drop(id);
    return answer;
  }

  /** The session with this id: the one that is open, or the one that its handshake opens again. */
  function find(id: string, principal: Principal): Promise<Session> | undefined {
    const handshake = readSessionId(id, principal.name);
    if (handshake === undefined || deletedIds.has(id)) return undefined;
    return keep(id, sessions.get(id) ?? reopen(id, handshake, principal));
  }

  async function reopen(id: string, handshake: Handshake, principal: Principal): Promise<Session> {
    const session = await open(id, principal);
    for (const body of handshakeMessages(handshake)) {
      const headers = new Headers({
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-session-id': id,
      });
      const answer = await session.transport.handleRequest(webRequest('POST', headers), { parsedBody: body });
      await answer.text();
    }
    return session;
  }

  async function pass(session: Session, exchange: Exchange): Promise<Response> {
    const { transport } = session;
    const { request, body } = exchange;
    session.principal = exchange.principal;
    session.openExchanges += 1;
    void exchange.ended.then(() => {
      session.openExchanges -= 1;
      session.lastUsedMs = Date.now();
    });
    // Without a store of events nobody can fetch the answer of a broken stream later: the call is over.
    request.signal.addEventListener('abort', () => cancelCalls(transport, body));
    const answer = await transport.handleRequest(request, { parsedBody: body });
    const cancelledId = cancelledRequestId(body);
    // A cancelled call is never answered: its stream would stay open for as long as the session.
    if (cancelledId !== undefined) transport.closeSSEStream(cancelledId);
    return answer;
  }

  return {
    async handle(exchange) {
      const id = exchange.request.headers.get('mcp-session-id');
      if (id === null) return start(exchange);
      const session = await find(id, exchange.principal);
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
      for (const [id, opened] of sessions) {
        void opened.then((session) => {
          const isIdle = session.openExchanges === 0 && Date.now() - session.lastUsedMs >= limits.sessionIdleMs;
          return isIdle ? drop(id) : undefined;
        });
      }
    },
    async close() {
      await Promise.all([...sessions.keys()].map(drop));
    },
  };
}

function remember(ids: Set<string>, id: string, maxIds: number): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > maxIds && oldest !== undefined) ids.delete(oldest);
}

/** What a client says to open a session (specification 2025-11-25, lifecycle). */
function handshakeMessages({ protocolVersion, capabilities }: Handshake): readonly unknown[] {
  const clientInfo = { name: 'reopened-session', version: '1' };
  return [
    { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion, capabilities, clientInfo } },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
  ];
}

function cancelCalls(transport: WebStandardStreamableHTTPServerTransport, body: unknown): void {
  for (const message of Array.isArray(body) ? body : [body]) {
    if (!isJSONRPCRequest(message)) continue;
    const params = { requestId: message.id, reason: 'The client closed the connection.' };
    transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  }
}
