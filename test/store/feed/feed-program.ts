// A process that begins a change and never ends it: `node feed-program.ts PLACE ACCOUNT`. It says `begun`, then stays.
import { postgresAt } from '../../../src/store/postgres/open-postgres.ts';
import { openPostgresFeed } from '../../../src/store/postgres/open-shared-stores.ts';
import { openSqliteFeed } from '../../../src/store/sqlite/feed/open-feed.ts';

/** Where a feed is kept. */
export type FeedPlace = { readonly file: string } | { readonly address: string };

const [, , place = '', account = ''] = process.argv;

function open(where: FeedPlace) {
  return 'file' in where ? openSqliteFeed(where.file, Date.now) : openPostgresFeed(postgresAt(where.address), Date.now);
}

await open(JSON.parse(place) as FeedPlace).begin(account, { by: 'google' });
process.stdout.write('begun\n');
setInterval(() => {}, 1000);
