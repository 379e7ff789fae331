import { METHOD_NOT_FOUND, isJSONRPCRequest, isJSONRPCResponse } from '@modelcontextprotocol/server';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';

/**
 * An answer for a client that takes JSON but no stream of events: what the stream answers, once it is over; a list if
 * there are several (a batch). Notifications are left out, and what the server asks of the client meanwhile is refused in
 * its name through `reply`. Any answer that is no stream stays as it is.
 */
export async function eventsAsJson(answer: Response, reply: (message: JSONRPCMessage) => void): Promise<Response> {
  if (answer.body === null || answer.headers.get('content-type') !== 'text/event-stream') return answer;
  const answers: unknown[] = [];
  let unread = '';
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${unread}${text}`.split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      const message: unknown = JSON.parse(line.slice('data: '.length));
      if (isJSONRPCResponse(message)) answers.push(message);
      else if (isJSONRPCRequest(message)) {
        const error = { code: METHOD_NOT_FOUND, message: 'The client takes no stream of events.' };
        reply({ jsonrpc: '2.0', id: message.id, error });
      }
    }
  }
  // A call that was cancelled is never answered.
  if (answers.length === 0) return new Response(null, { status: 202 });
  const headers = new Headers(answer.headers);
  headers.set('content-type', 'application/json');
  return new Response(JSON.stringify(answers.length === 1 ? answers[0] : answers), { status: answer.status, headers });
}
