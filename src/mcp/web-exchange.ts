import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { INTERNAL_ERROR, INVALID_REQUEST } from '@modelcontextprotocol/server';
import type { Principal } from '../safety/tokens/check-token.ts';

/** One HTTP request on its way through this room, in the web's own terms, which is what the SDK speaks. */
export interface WebExchange {
  /** Method, headers, and a signal that is aborted when the client goes away before its answer is complete. */
  readonly request: Request;
  readonly searchParams: URLSearchParams;
  /** The parsed JSON body of a POST, else undefined. */
  readonly body: unknown;
  /** Who has shown a token. */
  readonly principal: Principal;
  /** Fulfilled when the answer has been sent or the client is gone; never rejected. */
  readonly ended: Promise<void>;
  /** Cuts the connection, however much of the answer is still to come. */
  readonly cutOff: () => void;
}

/** The SDK reads method, headers and signal, never the address. */
const anyUrl = 'http://localhost/mcp';

/** A request in the web's terms, without its body, which is read apart from it. */
export function webRequest(method: string, headers: Headers, signal?: AbortSignal): Request {
  return new Request(anyUrl, { method, headers, ...(signal === undefined ? {} : { signal }) });
}

/** The headers of a Node request, repeated ones kept. */
export function webHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

/** What is aborted when the client leaves before its answer is complete, and when the answer is over either way. */
export function watchResponse(response: ServerResponse): { abort: AbortController; ended: Promise<void> } {
  const abort = new AbortController();
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      if (!response.writableFinished) abort.abort();
      resolve();
    };
    if (response.destroyed) end();
    else response.once('close', end);
  });
  return { abort, ended };
}

/**
 * Sends an answer made in the web's terms. A stream is passed on as it comes, at the client's pace, and is
 * cancelled at once when the client goes away. Never rejects because of the client.
 */
export async function sendAnswer(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  if (answer.body === null) {
    response.end();
    return;
  }
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    response.end(Buffer.from(await answer.arrayBuffer()));
    return;
  }
  response.flushHeaders();
  try {
    await pipeline(Readable.fromWeb(answer.body), response);
  } catch (error) {
    // The client hung up: that ends the stream and is nobody's fault. Anything else is.
    if (!response.destroyed) throw error;
  }
}

/** JSON-RPC codes for HTTP statuses; -32000 and -32001 are from the range left to implementations, as the SDK uses them. */
const jsonRpcCodes = {
  400: INVALID_REQUEST,
  404: -32_001,
  405: -32_000,
  406: -32_000,
  413: -32_000,
  415: -32_000,
  500: INTERNAL_ERROR,
  503: -32_000,
} as const;

/**
 * A refusal before any MCP server is asked: an HTTP status with a JSON-RPC error as its body. The id is null because the
 * body was not, or could not be, read as a request.
 */
export function refusal(
  status: keyof typeof jsonRpcCodes,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  code: number = jsonRpcCodes[status],
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
}
