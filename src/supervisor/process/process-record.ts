import type { ProcessState } from './process-state.ts';

/** One end of a process. */
interface Death {
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
  /** What a process that is up waits for before it is ready, or empty. */
  readonly waitsFor: string;
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
  waitsFor: '',
  exitStatus: 0,
  restarts: 0,
  deaths: [],
};

const keptDeaths = 10;

/** The record with one more end of a process. */
export function withDeath(record: ProcessRecord, death: Death): ProcessRecord {
  return { ...record, deaths: [...record.deaths, death].slice(-keptDeaths) };
}

/** How a process ended. */
export interface Exit {
  readonly time: number;
  /** The state that it ended in. */
  readonly state: ProcessState;
  /** Null after a signal. */
  readonly status: number | null;
  readonly isExpected: boolean;
  /** `exit status 1`, `terminated by SIGKILL`. */
  readonly how: string;
  /** Why it was told to end, where that was not its user's wish. */
  readonly stopReason?: string;
}

/** The record after an exit: as supervisord tells it, and the reason among the last ones. */
export function withExit(record: ProcessRecord, exit: Exit): ProcessRecord {
  const { time, state, status, isExpected, how, stopReason } = exit;
  const wasStarting = state === 'STARTING';
  const spawnError = wasStarting
    ? (stopReason ?? 'Exited too quickly (process log may have details)')
    : state === 'RUNNING' && !isExpected
      ? `Bad exit code ${status ?? -1}`
      : record.spawnError;
  const reason = stopReason === undefined ? how : `${how}: ${stopReason}`;
  return {
    ...withDeath(record, { time, reason }),
    stoppedAt: time,
    exitStatus: wasStarting ? 0 : (status ?? -1),
    spawnError,
  };
}
