import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { identityOf } from './process-identity.ts';

/** Clock ticks are hundredths of a second and file times have their own grain: less than this apart is the same time. */
const toleranceMs = 2_000;

/** When a process was started, in ms since 1970; undefined where that cannot be known. */
function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22 of proc_pid_stat(5), in ticks after boot; the first one here is field 3.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    return bootSeconds * 1000 + ticks * 10;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  // One that has ended and waits to be reaped still takes signals.
  if (process.platform === 'linux') return identityOf(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** The pid of the living process that wrote this file; a pid that was given to another process since does not count. */
function pidFileHolder(pidFile: string): number | undefined {
  let pid: number;
  let writtenAt: number;
  try {
    pid = Number(readFileSync(pidFile, 'utf8').trim());
    writtenAt = statSync(pidFile).mtimeMs;
  } catch {
    return undefined;
  }
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return undefined;
  const startedAt = startTime(pid);
  return startedAt !== undefined && startedAt > writtenAt + toleranceMs ? undefined : pid;
}

function alreadyRunning(pidFile: string, pid: number): AppError {
  return new AppError('CONFLICT', `A supervisor is running here already: pid ${pid}, by ${pidFile}.`, {
    hint: 'Stop it with: gmail-llm ctl shutdown. For a second one beside it, set GMAIL_HOME to another folder.',
  });
}

/**
 * Takes the pid file for this process, in one step that only one of several can win; a file left by a process that is
 * gone is replaced. Answers what gives it back. Throws `CONFLICT` with the pid of the holder, `UNAVAILABLE`.
 */
export function takePidFile(pidFile: string): () => void {
  const own = `${pidFile}.${process.pid}`;
  try {
    writeFileSync(own, `${process.pid}\n`, { mode: 0o644 });
    for (;;) {
      try {
        linkSync(own, pidFile);
        return () => rmSync(pidFile, { force: true });
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
      const holder = pidFileHolder(pidFile);
      if (holder !== undefined) throw alreadyRunning(pidFile, holder);
      removeStale(pidFile, `${own}.stale`);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'UNAVAILABLE',
      `The pid file ${pidFile} cannot be written: ${messageOf(error)}.`,
      { hint: 'Give this user write access to its folder, or point GMAIL_HOME at a folder of your own.' },
      error,
    );
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a stale file out of the way; what turns out to be another starter's fresh file is put back. */
function removeStale(pidFile: string, aside: string): void {
  try {
    renameSync(pidFile, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (pidFileHolder(aside) !== undefined) linkSync(aside, pidFile);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Removes a socket that nobody listens on any more. Throws `CONFLICT` where somebody does. */
export async function removeStaleSocket(path: string): Promise<void> {
  const isServed = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (isServed) {
    throw new AppError('CONFLICT', `Another program serves ${path}.`, {
      hint: 'Stop the supervisor that made this socket, or name another file in [unix_http_server].',
    });
  }
  rmSync(path, { force: true });
}
