import { randomUUID } from 'node:crypto';
import { isJSONRPCRequest, isJSONRPCResponse } from '@modelcontextprotocol/server';
import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/server';
import { cancelledRequestId } from './cancelled-request-id.ts';

/** How long an EventSource waits before it comes back after a restart; its own default is 3 s. */
const retryMs = 500;
const keepAliveMs = 15_000;
/** What may wait for a client that does not read: 8 MiB, a hundred of the longest answers. */
const maxUnreadBytes = 8 * 1024 * 1024;

/**
 * One stream of events to one HTTP+SSE client (MCP specification 2024-11-05, transports). Its first event names the
 * address that the client posts to. A client that leaves too much unread loses its stream.
 */
export class SseTransport implements Transport {
  readonly sessionId = randomUUID();
  /** The stream, to be sent as the body of an answer. */
  readonly body: ReadableStream<Uint8Array>;
  onclose?: () => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  readonly #onEnd: (sessionId: string) => unknown;
  readonly #unanswered = new Map<RequestId, PromiseWithResolvers<void>>();
  readonly #keepAlive: NodeJS.Timeout;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** `onEnd` is called once, when the stream is over from either side. */
  constructor(onEnd: (sessionId: string) => unknown) {
    this.#onEnd = onEnd;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#end(() => {}),
      },
      { highWaterMark: maxUnreadBytes, size: (chunk) => chunk.byteLength },
    );
    this.#keepAlive = setInterval(() => this.#write(': keepalive\n\n'), keepAliveMs).unref();
  }

  async start(): Promise<void> {
    this.#write(`retry: ${retryMs}\nevent: endpoint\ndata: /mcp?sessionId=${this.sessionId}\n\n`);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    if (isJSONRPCResponse(message)) this.#settle(message.id);
  }

  /** Takes a message that the client has posted. */
  take(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) this.#unanswered.set(message.id, Promise.withResolvers());
    this.onmessage?.(message);
    // A cancelled call is never answered.
    this.#settle(cancelledRequestId(message));
  }

  /** Fulfilled when the calls that are being served now have been answered. */
  async settled(): Promise<void> {
    await Promise.all([...this.#unanswered.values()].map(({ promise }) => promise));
  }

  async close(): Promise<void> {
    this.#end((controller) => controller.close());
  }

  #settle(id: RequestId | undefined): void {
    if (id === undefined) return;
    this.#unanswered.get(id)?.resolve();
    this.#unanswered.delete(id);
  }

  #write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
    const isOverfull = (this.#controller?.desiredSize ?? 0) < 0;
    // An error, unlike an end, drops what is waiting and breaks the connection.
    if (isOverfull) this.#end((controller) => controller.error(new Error('The client does not read its stream.')));
  }

  #end(finish: (controller: ReadableStreamDefaultController<Uint8Array>) => void): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    clearInterval(this.#keepAlive);
    finish(controller);
    for (const id of this.#unanswered.keys()) this.#settle(id);
    this.#onEnd(this.sessionId);
    this.onclose?.();
  }
}
