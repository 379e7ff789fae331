import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFeed } from '../../../src/store/sql/feed/create-feed.ts';
import { feedFormat } from '../../../src/store/sqlite/feed/feed-format.ts';
import { watchDatabase } from '../../../src/store/sqlite/feed/watch-database.ts';
import { openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { sqlOnSqlite } from '../../../src/store/sqlite/sql-on-sqlite.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const account = 'ann@example.org';

test('a change whose beginning was written, but the answer to that lost, holds the history up for seconds', async (t) => {
  const database = openDatabase(join(temporaryFolder(t), 'events.db'), feedFormat);
  const whole = sqlOnSqlite(database);
  let isCut = false;
  const cuttable: typeof whole = {
    ...whole,
    write: async (work, turn) => {
      const result = await whole.write(work, turn);
      if (isCut) throw new Error('the connection was lost after COMMIT');
      return result;
    },
  };
  const feed = createFeed(cuttable, watchDatabase(database), Date.now);
  t.after(() => feed.close());
  await feed.follow(account, '5');
  isCut = true;
  await assert.rejects(feed.begin(account, { by: 'call', requestId: 'r-1', operation: 'modify_messages' }), /lost/);
  isCut = false;
  const event = { kind: 'messageAdded', ids: { messageId: 'm1', threadId: 't', labelIds: [] } } as const;
  const google = { by: 'google' } as const;
  const events = [{ historyId: '6', event }];
  const piece = { account, from: '5', to: '6', events, isComplete: true, settledMs: 0, cause: () => google };
  await eventually('the history is written', async () => (await feed.bring(piece)) === '6', 20_000);
});
