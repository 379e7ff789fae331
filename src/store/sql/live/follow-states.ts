import { integerOf, textOf, type Row } from '../../columns.ts';
import type { FollowState, FollowStates } from '../../live/follow-states.ts';
import type { SqlQueries } from '../sql-database.ts';

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

/** What is kept of accounts that are followed, in a table of the columns above. */
export function createFollowStates(queries: SqlQueries, table: 'followed' | 'follow_state'): FollowStates {
  return {
    async read(account) {
      const row = await queries.get(`SELECT * FROM ${table} WHERE account = $1`, account);
      return row === undefined ? never : stateOf(row);
    },
    async readAll(accounts) {
      const rows = await queries.all(`SELECT * FROM ${table}`);
      const known = new Map(rows.map((row) => [textOf(row, 'account'), stateOf(row)]));
      return new Map(accounts.map((account) => [account, known.get(account) ?? never]));
    },
    async update(account, changes) {
      const changed = columns.flatMap(({ field, column }) => {
        const value = changes[field];
        return value === undefined ? [] : [{ column, value }];
      });
      const names = changed.map(({ column }) => column);
      const places = changed.map((_, index) => `$${index + 2}`);
      const sets = names.map((name) => `${name} = excluded.${name}`);
      await queries.run(
        `INSERT INTO ${table} (${['account', ...names].join(', ')}) VALUES (${['$1', ...places].join(', ')})
         ON CONFLICT (account) DO ${sets.length === 0 ? 'NOTHING' : `UPDATE SET ${sets.join(', ')}`}`,
        account,
        ...changed.map(({ value }) => value),
      );
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
