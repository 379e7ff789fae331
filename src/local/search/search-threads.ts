import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';
import type { SearchRequest, ThreadPage } from '../../mail/mailbox.ts';
import type { Condition } from './condition.ts';
import { findKeys, isMatch } from './find-keys.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { readThreadSummary } from '../reading/read-messages.ts';
import { searchCondition, searchScope } from './search-condition.ts';

/** Matches looked at in one go, for each thread of the page. */
const matchesPerThread = 4;

/**
 * A page of the threads of which a message matches, the one with the newest match first. Mail that arrives between two
 * pages moves no thread: the later pages go by what was there when the first was asked for.
 */
export function searchThreads(mailbox: Database, request: SearchRequest): ThreadPage {
  const { maxResults, pageToken } = request;
  const scope = searchScope('threads', request);
  const places = pageToken === undefined ? undefined : decodePageToken(pageToken, scope, 2);
  return mailbox.read(() => {
    const [lastKey, newestKey = findNewestKey(mailbox)] = places ?? [];
    const beforeKey = lastKey ?? newestKey + 1;
    const condition = searchCondition(mailbox, request);
    const found = new Map<number, number>();
    const shown = new Set<number>();
    for (const { key, threadKey } of matchesBelow(mailbox, condition, beforeKey, maxResults * matchesPerThread)) {
      if (found.has(threadKey) || shown.has(threadKey)) continue;
      // An earlier page showed it, at the place of its newest match.
      if (hasMatchWithin(mailbox, condition, threadKey, beforeKey, newestKey)) shown.add(threadKey);
      else found.set(threadKey, key);
      if (found.size > maxResults) break;
    }
    const page = [...found].slice(0, maxResults);
    const last = page.at(-1);
    return {
      threads: page.map(([threadKey]) => readThreadSummary(mailbox, threadKey)),
      ...(found.size > maxResults && last !== undefined
        ? { nextPageToken: encodePageToken([last[1], newestKey], scope) }
        : {}),
    };
  });
}

function findNewestKey(mailbox: Database): number {
  const row = mailbox.get('SELECT coalesce(max(id), 0) AS newest FROM message');
  return row === undefined ? 0 : integerOf(row, 'newest');
}

/** Matches below a key with their threads, newest first, for as long as somebody takes them. */
function* matchesBelow(
  mailbox: Database,
  condition: Condition,
  beforeKey: number,
  batchSize: number,
): Generator<{ readonly key: number; readonly threadKey: number }> {
  let below = beforeKey;
  for (;;) {
    const keys = findKeys(mailbox, condition, below, batchSize);
    const rows = mailbox.all(
      'SELECT id, thread_key FROM message WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC',
      JSON.stringify(keys),
    );
    for (const row of rows) yield { key: integerOf(row, 'id'), threadKey: integerOf(row, 'thread_key') };
    if (keys.length < batchSize) return;
    below = keys.at(-1) ?? 0;
  }
}

function hasMatchWithin(
  mailbox: Database,
  condition: Condition,
  threadKey: number,
  fromKey: number,
  toKey: number,
): boolean {
  if (fromKey > toKey) return false;
  return mailbox
    .all('SELECT id FROM message WHERE thread_key = ? AND id BETWEEN ? AND ?', threadKey, fromKey, toKey)
    .some((row) => isMatch(mailbox, condition, integerOf(row, 'id')));
}
