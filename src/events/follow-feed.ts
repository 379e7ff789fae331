import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../core/errors.ts';
import { logOf } from '../core/telemetry/log.ts';
import type { FeedEvent } from '../store/feed/event.ts';
import type { HomeFeed } from '../store/feed/home-feed.ts';

const eventsAtOnce = 500;
const retryMs = 1000;

const log = logOf('feed');

/** What is done with events as they come. */
interface FeedFollower {
  readonly take: (events: readonly FeedEvent[]) => Promise<unknown>;
  /** Events were missed: everything may have changed. */
  readonly onGap: () => void;
}

async function followOnce(
  home: Pick<HomeFeed, 'feed'>,
  signal: AbortSignal,
  { take, onGap }: FeedFollower,
): Promise<void> {
  const feed = home.feed();
  let { newest: after } = await feed.bounds();
  for await (const newest of feed.changes(signal)) {
    while (after < newest) {
      try {
        const page = await feed.read({ after, limit: eventsAtOnce });
        ({ after } = page);
        await take(page.events);
        if (!page.hasMore) break;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
        after = newest;
        onGap();
      }
    }
  }
}

/** Hands on the events of a home that come from now on, until the signal aborts. Never throws. */
export async function followFeed(
  home: Pick<HomeFeed, 'feed'>,
  signal: AbortSignal,
  follower: FeedFollower,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await followOnce(home, signal, follower);
    } catch (error) {
      if (signal.aborted) return;
      log.warn('events cannot be read', { reason: messageOf(error) });
      await delay(retryMs, undefined, { signal, ref: false }).catch(() => {});
      follower.onGap();
    }
  }
}
