import { parseJSONRPCMessage } from '@modelcontextprotocol/server';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import type { Principal } from '../safety/tokens/check-token.ts';
import { acceptedForms } from './accepted-forms.ts';
import type { BuildServer } from './build-server.ts';
import { refusal } from './web-exchange.ts';
import type { WebExchange } from './web-exchange.ts';
import { SseTransport } from './sse-transport.ts';

interface Stream {
  readonly transport: SseTransport;
  /** Who made the latest request: the name never changes, the grants may. */
  principal: Principal;
}

/** The streams of the HTTP+SSE transport (revision 2024-11-05), which the specification asks servers to keep hosting. */
export interface LegacySse {
  /** Opens a stream for a GET. */
  openStream(exchange: WebExchange): Promise<Response>;
  /** Takes a POST to the address that a stream has named; the answer goes through the stream. */
  takeMessage(exchange: WebExchange, sessionId: string): Response;
  /** Fulfilled when no call is left that a stream waits for. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Serves at most `maxStreams` HTTP+SSE clients at once; one more is refused with 503. */
export function createLegacySse(buildServer: BuildServer, maxStreams: number): LegacySse {
  const streams = new Map<string, Stream>();
  return {
    async openStream({ request, principal }) {
      if (!acceptedForms(request.headers.get('accept')).events) {
        return refusal(406, 'Not acceptable: a GET needs "Accept: text/event-stream".');
      }
      if (streams.size >= maxStreams) {
        const message = `Too many SSE streams: at most ${maxStreams} at once. Use Streamable HTTP, or try again later.`;
        return refusal(503, message, { 'retry-after': '5' });
      }
      const transport = new SseTransport((id) => streams.delete(id));
      const stream: Stream = { transport, principal };
      const server = buildServer(() => stream.principal);
      streams.set(transport.sessionId, stream);
      await server.connect(transport);
      return new Response(transport.body, {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' },
      });
    },
    takeMessage({ body, principal }, sessionId) {
      const stream = streams.get(sessionId);
      if (stream === undefined || stream.principal.name !== principal.name) {
        return refusal(404, 'Stream not found: open one with a GET and post to the address it names.');
      }
      let message: JSONRPCMessage;
      try {
        message = parseJSONRPCMessage(body);
      } catch {
        return refusal(400, 'The body is not a JSON-RPC message.');
      }
      stream.principal = principal;
      stream.transport.take(message);
      return new Response(null, { status: 202 });
    },
    async settled() {
      await Promise.all([...streams.values()].map(({ transport }) => transport.settled()));
    },
    async close() {
      await Promise.all([...streams.values()].map(({ transport }) => transport.close()));
    },
  };
}
