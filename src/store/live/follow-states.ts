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

/** The states of accounts that are followed. */
export interface FollowStates {
  read(account: string): Promise<FollowState>;
  /** Those of several accounts at once. */
  readAll(accounts: readonly string[]): Promise<ReadonlyMap<string, FollowState>>;
  /** Changes some of it. */
  update(account: string, changes: Partial<FollowState>): Promise<void>;
}
