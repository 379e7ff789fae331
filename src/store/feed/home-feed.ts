import { join } from 'node:path';
import type { Feed } from './feed.ts';
import { openSqliteFeed } from '../sqlite/feed/open-feed.ts';

/** The feed of a home, opened when it is first needed. */
export interface HomeFeed {
  /** Throws `UNAVAILABLE` when it cannot be opened. */
  readonly feed: () => Feed;
  readonly close: () => void;
}

/** The feed in `data/events.db`. Opens nothing yet. */
export function homeFeed(dataFolder: string, now: () => number): HomeFeed {
  let opened: Feed | undefined;
  return {
    feed: () => (opened ??= openSqliteFeed(join(dataFolder, 'events.db'), now)),
    close: () => opened?.close(),
  };
}
