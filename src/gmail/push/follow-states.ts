import { integerOf, textOf, type Row } from '../../store/columns.ts';
import type { SharedState } from '../channel/shared-state.ts';

/** How it stands with following an account, as all processes know it. Times are milliseconds since 1970; 0 is never. */
export interface FollowState {
  /** When its history was last asked for, and when that last had something new. */
  readonly askedMs: number;
  readonly changedMs: number;
  /** Since when there is a reason to ask at once, such as a change of ours. */
  readonly dueMs: number;
  /** The topic that Gmail publishes its changes to, until when, and since when. */
  readonly topic: string;
  readonly watchExpiresMs: number;
  readonly watchedMs: number;
  /** When a notice of Pub/Sub last came. */
  readonly noticedMs: number;
  /** What readers of events were last told of the watch: `watchExpired`, `watchRenewed`, or nothing. */
  readonly told: string;
  /** When its history was last read up to its end. */
  readonly followedMs: number;
  /** Since when that has failed, 0 where the last question went well; when it last failed, and why. */
  readonly failingSinceMs: number;
  readonly failedMs: number;
  readonly failure: string;
  /** What readers of events were last told of that: `syncBehind`, `syncCaughtUp`, or nothing. */
  readonly toldSync: string;
}

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

/** The states of accounts that are followed. */
export interface FollowStates {
  read(account: string): FollowState;
  /** Changes some of it. */
  update(account: string, changes: Partial<FollowState>): void;
}

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

/** Those in the state that all processes of a home share. */
export function followStates({ database }: Pick<SharedState, 'database'>): FollowStates {
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
