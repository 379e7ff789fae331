import type { ServerResponse } from 'node:http';
import { AppError } from '../core/errors.ts';
import { readEvents, untilEvent, type EventAccess } from '../events/read-events.ts';
import type { EventRequest } from './event-request.ts';

/** A stream without events says that it is there this often: proxies cut silent connections after a minute or less. */
const heartbeatMs = 15_000;
/** How long a reader that does not read is waited for; it may come back with the place that it has reached. */
const defaultDrainMs = 30_000;
/** How long a reader waits before it comes back. */
const retryMs = 2000;

/** Headers of a stream. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // For nginx, which would hold the events back.
  'x-accel-buffering': 'no',
} as const;

/** Writes, and waits for a reader that is slow. Throws when it is too slow, or gone. */
async function send(
  response: ServerResponse,
  text: string,
  { signal, drainMs }: { readonly signal: AbortSignal; readonly drainMs: number },
): Promise<void> {
  if (response.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(drainMs)]);
    const end = () => reject(new AppError('UNAVAILABLE', 'The reader of the stream does not read.'));
    either.addEventListener('abort', end, { once: true });
    response.once('drain', () => {
      either.removeEventListener('abort', end);
      resolve();
    });
  });
}

/**
 * Sends events as they come, as Server-Sent Events (html.spec.whatwg.org, 9.2): `id` is the place to come back to, `event`
 * the kind, `data` the event. A place that is no longer kept is told by an event of its own, `gap`, and the stream goes on
 * with what is kept. Ends when the reader is gone or may no longer; throws `UNAVAILABLE` for one that does not read for
 * `drainMs`.
 */
export async function streamEvents(
  response: ServerResponse,
  access: EventAccess,
  request: Omit<EventRequest, 'waitMs'> & {
    readonly isStillAllowed: () => Promise<boolean>;
    readonly signal: AbortSignal;
    readonly drainMs?: number;
  },
): Promise<void> {
  const { query, limit, signal, drainMs = defaultDrainMs } = request;
  const say = (text: string) => send(response, text, { signal, drainMs });
  const { oldest, newest } = await access.feed.bounds();
  let after = request.after ?? newest;
  // A faulty query is an error of the request, and not the end of a stream that has begun.
  await readEvents(access, { after: newest, limit: 1, query });
  response.writeHead(200, streamHeaders);
  response.flushHeaders();
  await say(`retry: ${retryMs}\n\n`);
  if (after < oldest || after > newest) {
    const data = JSON.stringify({ after, oldest, newest, hint: 'List what you follow again.' });
    after = after < oldest ? oldest : newest;
    await say(`id: ${after}\nevent: gap\ndata: ${data}\n\n`);
  }
  while (!signal.aborted && (await request.isStillAllowed())) {
    const page = await readEvents(access, { after, limit, query });
    for (const event of page.events) {
      const data = JSON.stringify(event);
      await say(`id: ${event.sequence}\nevent: ${event.kind}\ndata: ${data}\n\n`);
    }
    after = page.after;
    if (page.hasMore) continue;
    // With the place: what was left out for this reader need not be looked at again.
    if (!(await untilEvent(access.feed, after, { waitMs: heartbeatMs, signal }))) {
      await say(`: still here\nid: ${after}\n\n`);
    }
  }
}
