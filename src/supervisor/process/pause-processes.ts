import { readdirSync, readFileSync } from 'node:fs';

/** How long to wait for the kernel to halt a process. */
const haltWithinMs = 50;

/** The state letters of all threads of a process ([proc(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)). */
function threadStates(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  });
}

/**
 * Runs `work` while the process group of `pid` is halted by SIGSTOP. It just runs `work` where it cannot be known whether
 * the halt has come (no `/proc`), or where someone else has halted the process.
 */
export function whileGroupIsPaused(pid: number, work: () => void): void {
  let mayPause = false;
  try {
    mayPause = !threadStates(pid).includes('T');
  } catch {
    // No /proc, or the process is gone: nothing to hold still.
  }
  if (!mayPause) {
    work();
    return;
  }
  try {
    process.kill(-pid, 'SIGSTOP');
    const deadline = performance.now() + haltWithinMs;
    while (performance.now() < deadline && threadStates(pid).some((state) => state !== 'T' && state !== 'Z'));
  } catch {
    // It ended in the meantime.
  }
  try {
    work();
  } finally {
    try {
      process.kill(-pid, 'SIGCONT');
    } catch {
      // It ended in the meantime.
    }
  }
}
