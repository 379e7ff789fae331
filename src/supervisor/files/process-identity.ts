import { readdirSync, readFileSync } from 'node:fs';

/** The variable that carries the nonce into a child, where a later supervisor reads it again. */
export const nonceVariable = 'SUPERVISOR_PROCESS_NONCE';

/** A process that cannot be mistaken for another one: a pid is given away again, its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), in ticks after boot. */
  readonly startTicks: number;
}

interface Stat extends ProcessIdentity {
  readonly processGroup: number;
}

/** Undefined where there is no such process, it has ended and only waits to be reaped, or there is no `/proc`. */
function readStat(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold blanks and brackets; behind it, the first field is field 3, the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    return hasEnded ? undefined : { pid, processGroup: Number(fields[2]), startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** What tells the living process with this pid apart; undefined where there is none, or no `/proc`. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : { pid, startTicks: stat.startTicks };
}

/** Whether this very process still lives. */
export function isLiving({ pid, startTicks }: ProcessIdentity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}

/** Whether a process was started with this nonce. False where its environment cannot be read. */
export function hasNonce(pid: number, nonce: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${nonceVariable}=${nonce}`);
  } catch {
    return false;
  }
}

/** The process that was started with this nonce itself: what it has started in turn is in its process group. */
export function findByNonce(nonce: string): ProcessIdentity | undefined {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).flatMap((pid) => {
      const stat = readStat(pid);
      return stat?.processGroup === pid && hasNonce(pid, nonce) ? [{ pid, startTicks: stat.startTicks }] : [];
    })[0];
  } catch {
    return undefined;
  }
}
