import { INVALID_PARAMS, METHOD_NOT_FOUND } from '@modelcontextprotocol/server';
import type { Server } from '@modelcontextprotocol/server';
import { nearestWord } from '../core/did-you-mean.ts';
import { parseJson } from '../core/parse-json.ts';
import { issuesFault, paramsIssues } from './params-fault.ts';

interface Named {
  readonly name: string;
}

interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What this server is asked for, of any revision. */
const methods = [
  'initialize',
  'server/discover',
  'ping',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'prompts/list',
  'prompts/get',
  'completion/complete',
];

/** How much of a method that does not exist an error repeats. */
const maxShownMethod = 100;

function unknownMethod(method: string, tools: readonly Named[]): string {
  const shown = method.slice(0, maxShownMethod);
  if (methods.includes(method)) return `${shown} is no method of the revision of this connection.`;
  if (tools.some(({ name }) => name === method)) {
    return `There is no method ${shown}. It is a tool: send tools/call with {"name":"${method}","arguments":{…}}.`;
  }
  const nearest = nearestWord(method, methods);
  const advice = nearest === undefined ? `Expected one of ${methods.join(', ')}.` : `Did you mean ${nearest}?`;
  return `There is no method ${shown}. ${advice}`;
}

/** What the SDK found of a request's params: its message is zod's own list, behind a word or two. */
function issuesOf(message: string): Parameters<typeof issuesFault>[0] | undefined {
  const start = message.indexOf('[');
  if (start === -1 || !message.endsWith(']')) return undefined;
  try {
    return paramsIssues.safeParse(parseJson(message.slice(start))).data;
  } catch {
    return undefined;
  }
}

/** The error of a request in our words, where the SDK made it. */
function ownError({ code, message, data }: WireError, method: string, tools: readonly Named[]): WireError {
  const rest = data === undefined ? {} : { data };
  if (code === METHOD_NOT_FOUND) return { code, message: unknownMethod(method, tools), ...rest };
  const issues = issuesOf(message);
  // The SDK counts most of these as faults of the server.
  return issues === undefined
    ? { code, message, ...rest }
    : { code: INVALID_PARAMS, message: issuesFault(issues), ...rest };
}

/**
 * Gives the errors that the SDK makes of a request the form of ours: what failed, what was expected, what to do. `tools` are
 * those that the client may have meant by a method.
 */
export function useOwnErrors(server: Server, tools: readonly Named[]): void {
  const connect = server.connect.bind(server);
  server.connect = async (transport) => {
    let method = '';
    const { onmessage } = transport;
    // The SDK calls this before it looks at a message, and refuses an unknown method before it looks at the next.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transports have callbacks only
    transport.onmessage = (message, extra) => {
      if ('method' in message) ({ method } = message);
      onmessage?.(message, extra);
    };
    const send = transport.send.bind(transport);
    transport.send = (message, options) =>
      send('error' in message ? { ...message, error: ownError(message.error, method, tools) } : message, options);
    await connect(transport);
  };
}
