import type { ServerResponse } from 'node:http';
import type { LiveHub } from './live-hub.ts';
import { pageHeaders } from '../respond.ts';

/** A stream on which nothing happens says that it is there this often. */
const heartbeatMs = 20_000;
/** How long a browser waits before it comes back. */
const retryMs = 3000;

/**
 * Sends the names of what has changed, as Server-Sent Events, until the browser is gone or the session is over, which it
 * says by an event of its own. The page reads again what it shows: a stream has nothing of anybody's mail.
 */
export function serveLive(
  response: ServerResponse,
  hub: LiveHub,
  { isStillOpen, signal }: { readonly isStillOpen: () => Promise<boolean>; readonly signal: AbortSignal },
): Promise<void> {
  response.writeHead(200, { ...pageHeaders, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(`retry: ${retryMs}\n\n`);
  return new Promise((resolve) => {
    let saidAtMs = performance.now();
    const end = (): void => {
      leave();
      response.end();
      resolve();
    };
    async function tell(topics: readonly string[]): Promise<void> {
      if (!(await isStillOpen())) {
        response.write('event: over\ndata: over\n\n');
        end();
      } else if (topics.length > 0) {
        response.write(`event: change\ndata: ${topics.join(' ')}\n\n`);
        saidAtMs = performance.now();
      } else if (performance.now() - saidAtMs > heartbeatMs) {
        response.write(': still here\n\n');
        saidAtMs = performance.now();
      }
    }
    // A store that is away ends the stream: the browser comes back.
    const leave = hub.join((topics) => void tell(topics).catch(end));
    signal.addEventListener('abort', end, { once: true });
  });
}
