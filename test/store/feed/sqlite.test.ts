import { join } from 'node:path';
import { openSqliteFeed } from '../../../src/store/sqlite/feed/open-feed.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exerciseFeed } from './exercise-feed.ts';

exerciseFeed('SQLite', (t, now) => {
  const file = join(temporaryFolder(t), 'events.db');
  const open = () => {
    const feed = openSqliteFeed(file, now);
    t.after(() => feed.close());
    return feed;
  };
  return { feed: open(), openAgain: open, place: { file } };
});
