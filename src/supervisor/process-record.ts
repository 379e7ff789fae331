/** One end of a process. */
export interface Death {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `exit status 1`, `terminated by SIGKILL`, with what led to it. */
  readonly reason: string;
}

/** What is remembered of a process over its lives. */
export interface ProcessRecord {
  /** Milliseconds since 1970; 0 before the first start. */
  readonly startedAt: number;
  /** Milliseconds since 1970; 0 before the first stop. */
  readonly stoppedAt: number;
  /** Why the last start failed or the last run ended, or empty. */
  readonly spawnError: string;
  /** Status of the last exit, -1 after a signal, 0 while there is none. */
  readonly exitStatus: number;
  /** Starts that nobody asked for. */
  readonly restarts: number;
  /** The last ten ends, the latest last. */
  readonly deaths: readonly Death[];
}

/** A process that was never started. */
export const emptyRecord: ProcessRecord = {
  startedAt: 0,
  stoppedAt: 0,
  spawnError: '',
  exitStatus: 0,
  restarts: 0,
  deaths: [],
};

const keptDeaths = 10;

/** The ends with one more; the oldest falls out. */
export function withDeath(deaths: readonly Death[], death: Death): readonly Death[] {
  return [...deaths, death].slice(-keptDeaths);
}
