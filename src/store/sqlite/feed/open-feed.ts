import type { Feed } from '../../feed/feed.ts';
import { createFeed } from '../../sql/feed/create-feed.ts';
import { openDatabase } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';
import { feedFormat } from './feed-format.ts';
import { watchDatabase } from './watch-database.ts';

/** Opens the feed in `file`, making it where there is none; any number of processes may. Throws `UNAVAILABLE`. */
export function openSqliteFeed(file: string, now: () => number): Feed {
  const database = openDatabase(file, feedFormat);
  return createFeed(sqlOnSqlite(database), watchDatabase(database), now);
}
