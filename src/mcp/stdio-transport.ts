import { subscribedUris } from './subscribed-uris.ts';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  INVALID_REQUEST,
  PARSE_ERROR,
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  parseJSONRPCMessage,
} from '@modelcontextprotocol/server';
import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/server';
import { messageOf, reasonOf } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { cancelledRequestId } from './cancelled-request-id.ts';
import { dropNulls } from './drop-nulls.ts';
import { requestFault, type RequestFault } from './request-fault.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The longest line that is read; the SDK's transport has the same bound. */
const maxLineBytes = 10 * 1024 * 1024;
/** As over HTTP. */
const maxBatchMessages = 100;
/** How long the end of input waits for calls that are being served: as long as a call may take. */
const endGraceMs = 30_000;
/** The only revision with batches (MCP specification 2025-03-26, base protocol). */
const batchRevision = '2025-03-26';

function isMessage(value: unknown): boolean {
  return isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value);
}

/** Requests that came in one line, whose answers go out in one. */
interface Batch {
  readonly unanswered: Set<RequestId>;
  readonly answers: JSONRPCMessage[];
}

/**
 * One client on a pair of streams: a JSON-RPC message in each line (MCP specification, stdio transport). A byte order
 * mark before the first line is skipped. When input ends, its last line counts without a line feed too, and what is being
 * served is answered before the transport closes.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** Told of what a client wants to be told of. */
  onListen?: (uris: readonly string[]) => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #unanswered = new Map<RequestId, Batch | undefined>();
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;
  #isEnding = false;
  #chunks: Buffer[] = [];
  #unreadBytes = 0;
  #hasBatches = false;
  /** Called when a request has been answered. */
  #onAnswer = (): void => {};

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
  }

  /** Fulfilled when the transport is closed, from whichever side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#takeChunk);
    this.#input.once('end', () => void this.#end());
    this.#input.once('close', () => void this.#end());
    this.#input.on('error', (error) => this.onerror?.(error));
    // A client that reads no more: nothing can be answered.
    this.#output.on('error', (error) => {
      this.onerror?.(error);
      void this.close();
    });
    if (this.#input.readableEnded || this.#input.destroyed) setImmediate(() => void this.#end());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!isJSONRPCResponse(message) || message.id === undefined) return this.#write(message);
    const batch = this.#unanswered.get(message.id);
    if (batch === undefined) await this.#write(message);
    else batch.answers.push(message);
    await this.#settle(message.id);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#input.off('data', this.#takeChunk);
    this.#input.pause();
    this.onclose?.();
    this.#closed.resolve();
  }

  readonly #takeChunk = (chunk: Buffer): void => {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end !== -1 && !this.#isClosed; end = rest.indexOf(0x0a)) {
      this.#takeLine(Buffer.concat([...this.#chunks, rest.subarray(0, end)]));
      this.#chunks = [];
      this.#unreadBytes = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.byteLength > 0) this.#chunks.push(rest);
    this.#unreadBytes += rest.byteLength;
    if (this.#unreadBytes > maxLineBytes) {
      this.onerror?.(new Error(`A line is longer than ${maxLineBytes} bytes.`));
      void this.close();
    }
  };

  #takeLine(line: Buffer): void {
    try {
      // A byte order mark is white space here too. Bytes of another encoding would be other words in a mail or a search.
      const text = utf8.decode(line).trim();
      if (text === '') return;
      const value = dropNulls(parseJson(text));
      const fault = requestFault(value);
      if (fault !== undefined) void this.#answer(fault);
      else if (Array.isArray(value)) this.#takeBatch(value);
      else this.#take(parseJSONRPCMessage(value));
    } catch (error) {
      this.onerror?.(new Error(`Not a JSON-RPC message: ${messageOf(error)}`, { cause: error }));
      const isUnread = error instanceof SyntaxError || error instanceof TypeError;
      const reason = isUnread ? ` ${reasonOf(error)}.` : '';
      void this.#refuse(
        `The line is not a JSON-RPC message in UTF-8: expected one in each line.${reason}`,
        PARSE_ERROR,
      );
    }
  }

  #takeBatch(values: readonly unknown[]): void {
    if (!this.#hasBatches || values.length === 0 || values.length > maxBatchMessages) {
      const expected = this.#hasBatches
        ? `1 to ${maxBatchMessages} messages`
        : `none, but in revision ${batchRevision}`;
      void this.#refuse(`A batch is not possible here: expected ${expected}, got ${values.length} messages.`);
      return;
    }
    if (!values.every(isMessage) || values.some(isInitializeRequest)) {
      void this.#refuse('A batch holds JSON-RPC messages, and no initialize request.');
      return;
    }
    const messages = values.map((value) => parseJSONRPCMessage(value));
    const requests = messages.filter(isJSONRPCRequest);
    const batch = { unanswered: new Set(requests.map(({ id }) => id)), answers: [] };
    for (const message of messages) this.#take(message, batch);
  }

  #take(message: JSONRPCMessage, batch?: Batch): void {
    // A client that is granted the revision that it asks for may go on at once.
    if (isInitializeRequest(message)) this.#hasBatches = message.params.protocolVersion === batchRevision;
    // A stream of events is never answered.
    const isListening = isJSONRPCRequest(message) && message.method === 'subscriptions/listen';
    if (isListening) this.onListen?.(subscribedUris(message));
    const isCall = isJSONRPCRequest(message) && !isListening;
    if (isCall) this.#unanswered.set(message.id, batch);
    this.onmessage?.(message);
    // Nor is a call that has been cancelled.
    const cancelledId = cancelledRequestId(message);
    if (cancelledId !== undefined) this.#settle(cancelledId).catch((error: unknown) => this.#report(error));
  }

  /** Counts a request as answered, and sends the answers of its batch if it was the last of them. */
  async #settle(id: RequestId): Promise<void> {
    const batch = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    batch?.unanswered.delete(id);
    if (batch?.unanswered.size === 0 && batch.answers.length > 0) await this.#write(batch.answers);
    this.#onAnswer();
  }

  #refuse(message: string, code = INVALID_REQUEST): Promise<void> {
    return this.#answer({ jsonrpc: '2.0', id: null, error: { code, message } });
  }

  async #answer(fault: RequestFault): Promise<void> {
    try {
      await this.#write(fault);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)));
  }

  async #write(value: unknown): Promise<void> {
    if (this.#isClosed) throw new Error('The client is gone.');
    if (!this.#output.write(`${JSON.stringify(value)}\n`)) await once(this.#output, 'drain');
  }

  async #end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const line = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (line.byteLength > 0) this.#takeLine(line);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onAnswer = () => {
      if (this.#unanswered.size === 0) resolve();
    };
    this.#onAnswer();
    const over = new AbortController();
    await Promise.race([
      promise,
      this.closed,
      delay(endGraceMs, undefined, { signal: over.signal, ref: false }).catch(() => {}),
    ]);
    over.abort();
    await this.close();
  }
}
