import type { ServerResponse } from 'node:http';
import { SERVER_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { PlainCall } from './plain-call.ts';
import { serverInfo } from './server-info.ts';

/** What the SDK answers a call that the server has given up; nginx's status for a client that has left. */
const givenUp = 499;

/** How every result goes on after what its tool answered; the same each time. */
const ending = `"resultType":"complete","_meta":${JSON.stringify({ [SERVER_INFO_META_KEY]: serverInfo })}},"jsonrpc":"2.0","id":`;

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
  // Results have content at least, so that there is a comma to put between.
  const body = `{"result":${JSON.stringify(result).slice(0, -1)},${ending}${JSON.stringify(id)}}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
