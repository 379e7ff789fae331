import { AppError } from '../core/errors.ts';
import { readEvents, untilEvent, type EventAccess } from '../events/read-events.ts';
import { recordCall } from '../operations/kernel/invoke.ts';
import type { Services } from '../operations/kernel/services.ts';
import { methodNotAllowed } from '../server/http-error.ts';
import { sendJson, type Exchange } from '../server/http-server.ts';
import { readEventRequest } from './event-request.ts';
import { streamEvents, streamHeaders } from './event-stream.ts';
import { prefersType } from './prefers-type.ts';

/** Where events are read. */
export const eventsPath = '/api/events';

const methods = ['GET', 'HEAD', 'OPTIONS'];

/** Streams at once: each waits for what happens, and costs little. */
const mostStreams = 200;

/** Serves events; `close` ends the streams. */
export interface EventServer {
  serve(exchange: Exchange): Promise<void>;
  close(): void;
}

/** The accounts whose events somebody sees. Throws `FORBIDDEN` for one that the token is not good for. */
function allowedAccounts(
  named: readonly string[] | undefined,
  allowed: ReadonlySet<string> | undefined,
): { readonly accounts?: readonly string[] } {
  if (allowed === undefined) return named === undefined ? {} : { accounts: named };
  const other = named?.find((account) => !allowed.has(account));
  if (other === undefined) return { accounts: named ?? [...allowed] };
  throw new AppError('FORBIDDEN', 'This token may not use that account.', {
    field: 'account',
    expected: [...allowed].join(' or '),
    got: other,
  });
}

function noLongerAllowed(): AppError {
  return new AppError('UNAUTHENTICATED', 'The token was revoked or has expired.', { expected: 'a token that counts' });
}

/** Makes the server of events: a stream for whoever accepts one, else JSON, at once or, with `wait`, when there is something. */
export function createEventServer(services: Services): EventServer {
  const closing = new AbortController();
  let streams = 0;
  const access = (): EventAccess => ({
    feed: services.feed.feed(),
    open: (account) => services.accounts.open(account),
    now: services.now,
    timeZone: () => services.timeZone,
  });

  /** Throws `NOT_FOUND` for an account that is not there: nothing would ever happen in it. */
  async function checkAccounts(named: readonly string[]): Promise<void> {
    if (named.length === 0) return;
    const known = new Set(await services.accounts.list());
    for (const account of named) {
      // Of one that has logged out, what happened before is still read.
      const isKnown = known.has(account) || (await services.feed.feed().followedTo(account)) !== undefined;
      if (!isKnown) await services.accounts.open(account);
    }
  }

  async function answer(exchange: Exchange): Promise<void> {
    const { request, response, principal, isStillAllowed } = exchange;
    if (!principal.grants.has('read')) {
      throw new AppError('FORBIDDEN', 'Events need the grant "read".', { expected: 'read' });
    }
    const lastEventId = request.headers['last-event-id'];
    const whole = readEventRequest(exchange.query, typeof lastEventId === 'string' ? lastEventId : undefined);
    const asked = { ...whole, query: { ...whole.query, ...allowedAccounts(whole.query.accounts, principal.accounts) } };
    await checkAccounts(whole.query.accounts ?? []);
    const signal = AbortSignal.any([exchange.signal, closing.signal]);
    const isStream = prefersType(request.headers.accept, 'text/event-stream');
    if (isStream && request.method === 'HEAD') {
      response.writeHead(200, streamHeaders).end();
      return;
    }
    if (isStream) {
      if (streams >= mostStreams) {
        throw new AppError('UNAVAILABLE', 'Too many streams of events are open.', {
          expected: `at most ${mostStreams}`,
        });
      }
      streams += 1;
      try {
        await streamEvents(response, access(), { ...asked, signal, isStillAllowed });
      } finally {
        streams -= 1;
        response.end();
      }
      return;
    }
    const { feed, ...others } = access();
    const { after = (await feed.bounds()).newest, limit, waitMs, query } = asked;
    const endMs = performance.now() + waitMs;
    for (let place = after; ;) {
      const page = await readEvents({ feed, ...others }, { after: place, limit, query });
      const leftMs = endMs - performance.now();
      const isOver = page.events.length > 0 || (!page.hasMore && leftMs <= 0) || signal.aborted;
      // While it waited the token may have been revoked.
      if (isOver && !(await isStillAllowed())) throw noLongerAllowed();
      if (isOver) return sendJson(response, 200, page);
      place = page.after;
      if (!page.hasMore) await untilEvent(feed, place, { waitMs: leftMs, signal });
    }
  }

  return {
    async serve(exchange) {
      const { method = '' } = exchange.request;
      if (!methods.includes(method)) throw methodNotAllowed(method, methods);
      if (method === 'OPTIONS') {
        exchange.response.writeHead(204, { allow: methods.join(', ') }).end();
        return;
      }
      const startedMs = performance.now();
      let code = 'OK';
      try {
        await answer(exchange);
      } catch (error) {
        code = error instanceof AppError ? error.code : 'INTERNAL';
        throw error;
      } finally {
        recordCall(services.logger, 'list_events', code, startedMs);
      }
    },
    close: () => closing.abort(),
  };
}
