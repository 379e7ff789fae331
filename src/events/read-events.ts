import type { FeedEvent } from '../store/feed/event.ts';
import type { EventFilter, EventPage, Feed } from '../store/feed/feed.ts';
import { checkEventQuery, isAbout, type MessageAccess } from './event-message.ts';

/** Which events somebody wants; without a list, all that they may see. */
export interface EventQuery extends EventFilter {
  /** Only messages that match, in Gmail's language. */
  readonly q?: string;
}

/** What reading events stands on. */
export interface EventAccess extends MessageAccess {
  readonly feed: Pick<Feed, 'read' | 'bounds' | 'changes'>;
}

/** A page of events; see `Feed.read`. Throws as that does, and `INVALID_INPUT` for a query that is not understood. */
export async function readEvents(
  access: EventAccess,
  {
    after,
    limit,
    query: { q, ...filter },
  }: { readonly after: number; readonly limit: number; readonly query: EventQuery },
): Promise<EventPage> {
  if (q !== undefined) checkEventQuery(q, access);
  const page = await access.feed.read({ after, limit, filter });
  if (q === undefined) return page;
  const events: FeedEvent[] = [];
  for (const event of page.events) if (await isAbout(event, q, access)) events.push(event);
  return { ...page, events };
}

/** Waits until the feed has an event after a place; false when `waitMs` are over before, or the signal is aborted. */
export async function untilEvent(
  feed: EventAccess['feed'],
  after: number,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(waitMs))]);
  for await (const newest of feed.changes(either)) if (newest > after) return true;
  return false;
}
