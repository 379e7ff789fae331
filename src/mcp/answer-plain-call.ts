import type { ServerResponse } from 'node:http';
import { SERVER_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { PlainCall } from './plain-call.ts';
import { serverInfo } from './server-info.ts';

/** What the SDK answers a call that the server has given up; nginx's status for a client that has left. */
const givenUp = 499;

/** Sends the result of a plain call as the SDK would. Answers 499 without a body when the call has been given up. */
export async function answerPlainCall(
  response: ServerResponse,
  { id }: PlainCall,
  called: Promise<CallToolResult>,
  signal: AbortSignal,
): Promise<void> {
  const result = await called;
  if (signal.aborted) {
    if (!response.destroyed) response.writeHead(givenUp).end();
    return;
  }
  const _meta = { [SERVER_INFO_META_KEY]: serverInfo };
  const body = JSON.stringify({ result: { ...result, resultType: 'complete', _meta }, jsonrpc: '2.0', id });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
