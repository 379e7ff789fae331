/** What a run of a job works with. */
export interface JobTurn {
  /** Aborted when the process stops, or when the lease was lost: then another process may be at the same work. */
  readonly signal: AbortSignal;
  /** Grows with every run of the job, whichever process makes it: for stores that refuse what comes from an older run. */
  readonly fence: number;
  /** Throws the reason of the signal when the lease was lost, as after a sleep; to be called before each change. */
  readonly refuseIfLost: () => void;
}

/** What a run came to. */
export interface JobResult {
  /** Figures to be shown, such as how many files were deleted. */
  readonly facts?: Readonly<Record<string, number | string>>;
  /** When to run again, where that is not {@link Job.everyMs}. */
  readonly againMs?: number;
}

/** Work that is done again and again, by one process of a home at a time. */
export interface Job {
  /** Unique in a home; lower case, words joined by hyphens, an account after a space. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** From the end of a run to the beginning of the next. */
  readonly everyMs: number;
  /** Bounds of the pause after failures, which doubles. */
  readonly retryMs: { readonly first: number; readonly most: number };
  /**
   * Whether there is anything to do, asked every {@link Job.everyMs} at least: cheap, and nothing is written where there is
   * not. Without it the job always runs when it is due.
   */
  readonly isNeeded?: () => boolean | Promise<boolean>;
  readonly run: (turn: JobTurn) => Promise<JobResult | undefined>;
}
