import { randomUUID } from 'node:crypto';
import {
  INVALID_REQUEST,
  isJSONRPCRequest,
  isJSONRPCResponse,
  parseJSONRPCMessage,
} from '@modelcontextprotocol/server';
import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/server';
import type { Principal } from '../door/tokens.ts';
import type { BuildServer } from './build-server.ts';
import { refusal } from './exchange.ts';
import type { Exchange } from './exchange.ts';

/** How long an EventSource waits before it comes back after a restart; its own default is 3 s. */
const retryMs = 500;
const keepAliveMs = 15_000;
/** What may wait for a client that does not read: 8 MiB, a hundred of the longest answers. */
const maxUnreadBytes = 8 * 1024 * 1024;
/** JSON-RPC codes of refusals, in the range left to implementations. */
const streamNotFound = -32_001;
const tooManyStreams = -32_000;

interface Stream {
  readonly transport: SseTransport;
  /** Who made the latest request: the name never changes, the grants may. */
  principal: Principal;
}

/** The streams of the HTTP+SSE transport (revision 2024-11-05), which the specification asks servers to keep hosting. */
export interface LegacySse {
  /** Opens a stream for a GET. */
  openStream(exchange: Exchange): Promise<Response>;
  /** Takes a POST to the address that a stream has named; the answer goes through the stream. */
  takeMessage(exchange: Exchange, sessionId: string): Response;
  /** Fulfilled when no call is left that a stream waits for. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Serves at most `maxStreams` HTTP+SSE clients at once; one more is refused with 503. */
export function createLegacySse(buildServer: BuildServer, maxStreams: number): LegacySse {
  const streams = new Map<string, Stream>();
  return {
    async openStream({ request, principal }) {
      if (request.headers.get('accept')?.includes('text/event-stream') !== true) {
        return refusal(406, tooManyStreams, 'Not acceptable: a GET needs "Accept: text/event-stream".');
      }
      if (streams.size >= maxStreams) {
        const message = `Too many SSE streams: at most ${maxStreams} at once. Use Streamable HTTP, or try again later.`;
        return refusal(503, tooManyStreams, message, { 'retry-after': '5' });
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
        return refusal(404, streamNotFound, 'Stream not found: open one with a GET and post to the address it names.');
      }
      let message: JSONRPCMessage;
      try {
        message = parseJSONRPCMessage(body);
      } catch {
        return refusal(400, INVALID_REQUEST, 'The body is not a JSON-RPC message.');
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

/** One stream of events to one client. */
class SseTransport implements Transport {
  readonly sessionId = randomUUID();
  readonly body: ReadableStream<Uint8Array>;
  onclose?: () => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  readonly #unanswered = new Map<RequestId, PromiseWithResolvers<void>>();
  readonly #keepAlive: NodeJS.Timeout;
  readonly #onEnd: (sessionId: string) => unknown;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(onEnd: (sessionId: string) => unknown) {
    this.#onEnd = onEnd;
    const limit = new ByteLengthQueuingStrategy({ highWaterMark: maxUnreadBytes });
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
      void (this.#controller = controller);
    this.body = new ReadableStream({ start, cancel: () => this.close() }, limit);
    this.#keepAlive = setInterval(() => this.#write(': keepalive\n\n'), keepAliveMs).unref();
  }

  async start(): Promise<void> {
    this.#write(`retry: ${retryMs}\nevent: endpoint\ndata: /mcp?sessionId=${this.sessionId}\n\n`);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    if (isJSONRPCResponse(message) && message.id !== undefined) {
      this.#unanswered.get(message.id)?.resolve();
      this.#unanswered.delete(message.id);
    }
  }

  take(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) this.#unanswered.set(message.id, Promise.withResolvers());
    this.onmessage?.(message);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#unanswered.values()].map(({ promise }) => promise));
  }

  async close(): Promise<void> {
    if (this.#controller === undefined) return;
    clearInterval(this.#keepAlive);
    try {
      this.#controller.close();
    } catch {
      // Already closed from the client's side.
    }
    this.#controller = undefined;
    for (const { resolve } of this.#unanswered.values()) resolve();
    this.#onEnd(this.sessionId);
    this.onclose?.();
  }

  #write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
    if ((this.#controller?.desiredSize ?? 0) < 0) void this.close();
  }
}
