import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Feed } from './feed.ts';
import { openSqliteFeed } from '../sqlite/feed/open-feed.ts';

/** The feed of a home, opened when it is first needed. */
export interface HomeFeed {
  /** Throws `UNAVAILABLE` when it cannot be opened. */
  readonly feed: () => Feed;
  /** Whether anything was ever written into it: until then there is nothing to open. */
  readonly hasAny: () => boolean;
  readonly close: () => void;
}

/** The feed in `data/events.db`. Opens nothing yet. */
export function homeFeed(dataFolder: string, now: () => number): HomeFeed {
  const file = join(dataFolder, 'events.db');
  let opened: Feed | undefined;
  return {
    feed: () => (opened ??= openSqliteFeed(file, now)),
    hasAny: () => opened !== undefined || existsSync(file),
    close: () => opened?.close(),
  };
}
