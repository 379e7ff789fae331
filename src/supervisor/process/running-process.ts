import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { isLiving, type ProcessIdentity } from '../files/process-identity.ts';

/** How a process ended. */
export interface Ending {
  /** Null after a signal, and where it cannot be known. */
  readonly status: number | null;
  /** `exit status 1`, `terminated by SIGKILL`. */
  readonly how: string;
}

/** A process that was started, by this supervisor or by one before it. */
export interface RunningProcess {
  readonly pid: number;
  /** Its standard input, where this supervisor has it. */
  readonly input: Writable | undefined;
  readonly ended: Promise<Ending>;
  /** Sends a signal; nothing happens where it has ended. Throws the system's error. */
  send(signal: number, toGroup: boolean): void;
}

/** A child of this very process, which has a pid. */
export function ownProcess(child: ChildProcess, pid: number): RunningProcess {
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (status, signal) => {
      const how = status === null ? `terminated by ${signal ?? 'a signal'}` : `exit status ${status}`;
      resolve({ status, how });
    });
  });
  return {
    pid,
    input: child.stdin ?? undefined,
    ended,
    send: (signal, toGroup) => {
      if (child.exitCode === null && child.signalCode === null) process.kill(toGroup ? -pid : pid, signal);
    },
  };
}

/** The kernel tells an end only to the parent, and Node.js has no pidfd: anyone else has to look. */
const lookEveryMs = 100;

/** A process that an earlier supervisor has started: its end is seen within 100 ms, its exit status never. */
export function adoptedProcess(identity: ProcessIdentity): RunningProcess {
  const { pid } = identity;
  const ended = new Promise<Ending>((resolve) => {
    const timer = setInterval(() => {
      if (isLiving(identity)) return;
      clearInterval(timer);
      resolve({ status: null, how: 'ended with a status that only its first supervisor could have seen' });
    }, lookEveryMs);
  });
  return {
    pid,
    input: undefined,
    ended,
    // The pid may be someone else's by now.
    send: (signal, toGroup) => {
      if (isLiving(identity)) process.kill(toGroup ? -pid : pid, signal);
    },
  };
}
