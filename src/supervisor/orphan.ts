import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** The kernel tells only a parent of an end; anyone else has to look. */
const lookEveryMs = 20;
/** So long a process may take to be gone after SIGKILL. */
const killedWithinMs = 2_000;

const identity = ['SUPERVISOR_SERVER_URL', 'SUPERVISOR_GROUP_NAME', 'SUPERVISOR_PROCESS_NAME'] as const;

/**
 * Whether a process was started for the program that starts with `environment`: by a supervisor of this very socket,
 * under these names. That supervisor is gone, as its place is ours. False where that cannot be found out (no `/proc`).
 */
export function isOrphanOf(pid: number, environment: Readonly<Record<string, string | undefined>>): boolean {
  try {
    const variables = new Set(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'));
    return identity.every((name) => environment[name] !== undefined && variables.has(`${name}=${environment[name]}`));
  } catch {
    return false;
  }
}

/** Sends a signal; false when there is no such process (any more). */
function send(pid: number, signal: number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function isGoneWithin(pid: number, boundMs: number): Promise<boolean> {
  const deadline = performance.now() + boundMs;
  while (send(pid, 0)) {
    if (performance.now() >= deadline) return false;
    await wait(lookEveryMs);
  }
  return true;
}

/** Ends a process that is not our child: by `stopSignal`, and by SIGKILL if that does not do it in time. */
export async function endOrphan(pid: number, stopSignal: number, stopWaitMs: number): Promise<void> {
  send(pid, stopSignal);
  if (await isGoneWithin(pid, stopWaitMs)) return;
  send(pid, 9);
  await isGoneWithin(pid, killedWithinMs);
}
