import { integerOf, textOf, type Row } from '../../columns.ts';
import type { FollowState, FollowStates } from '../../live/follow-states.ts';
import type { Database } from '../database.ts';

const never: FollowState = {
  askedMs: 0,
  changedMs: 0,
  dueMs: 0,
  topic: '',
  watchExpiresMs: 0,
  watchedMs: 0,
  noticedMs: 0,
  told: '',
  followedMs: 0,
  failingSinceMs: 0,
  failedMs: 0,
  failure: '',
  toldSync: '',
};

const columns = [
  { field: 'askedMs', column: 'asked_ms' },
  { field: 'changedMs', column: 'changed_ms' },
  { field: 'dueMs', column: 'due_ms' },
  { field: 'topic', column: 'topic' },
  { field: 'watchExpiresMs', column: 'watch_expires_ms' },
  { field: 'watchedMs', column: 'watched_ms' },
  { field: 'noticedMs', column: 'noticed_ms' },
  { field: 'told', column: 'told' },
  { field: 'followedMs', column: 'followed_ms' },
  { field: 'failingSinceMs', column: 'failing_since_ms' },
  { field: 'failedMs', column: 'failed_ms' },
  { field: 'failure', column: 'failure' },
  { field: 'toldSync', column: 'told_sync' },
] as const satisfies readonly { field: keyof FollowState; column: string }[];

/** The rows of `followed`. */
export function openFollowStates(database: Database): FollowStates {
  return {
    read(account) {
      const row = database.get('SELECT * FROM followed WHERE account = ?', account);
      return row === undefined ? never : stateOf(row);
    },
    update(account, changes) {
      database.write(() => {
        database.run('INSERT OR IGNORE INTO followed (account) VALUES (?)', account);
        for (const { field, column } of columns) {
          const value = changes[field];
          if (value !== undefined) database.run(`UPDATE followed SET ${column} = ? WHERE account = ?`, value, account);
        }
      });
    },
  };
}

function stateOf(row: Row): FollowState {
  return {
    askedMs: integerOf(row, 'asked_ms'),
    changedMs: integerOf(row, 'changed_ms'),
    dueMs: integerOf(row, 'due_ms'),
    topic: textOf(row, 'topic'),
    watchExpiresMs: integerOf(row, 'watch_expires_ms'),
    watchedMs: integerOf(row, 'watched_ms'),
    noticedMs: integerOf(row, 'noticed_ms'),
    told: textOf(row, 'told'),
    followedMs: integerOf(row, 'followed_ms'),
    failingSinceMs: integerOf(row, 'failing_since_ms'),
    failedMs: integerOf(row, 'failed_ms'),
    failure: textOf(row, 'failure'),
    toldSync: textOf(row, 'told_sync'),
  };
}
