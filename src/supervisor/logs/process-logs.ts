import { randomUUID } from 'node:crypto';
import { existsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../core/logger.ts';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import { emptyLog, logSizeBytes } from './log-file.ts';
import { whileGroupIsPaused } from '../process/pause-processes.ts';
import { readLogEnd } from './read-log.ts';
import { watchLogSize } from './watch-log-size.ts';

/** As much of a log as supervisorctl shows. */
const endBytes = 1_600;
const channels = ['stdout', 'stderr'] as const;

/** Where the two channels of a process go; undefined is nowhere. */
export interface LogPaths {
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
}

/** The log files of a process. */
export interface ProcessLogs {
  readonly paths: LogPaths;
  /** Rotates the files while the process with this pid writes them, until `signal` aborts. */
  watch(pid: number, signal: AbortSignal): void;
  /** How the log ends that errors go to, and which one that is. */
  end(): { readonly logFile: string | undefined; readonly lastLines: string };
  /** Empties the files. Throws the system's error. */
  clear(): void;
  /** Removes the files of made-up names: the process leaves for good. */
  removeAutomatic(): void;
}

/** The log files that a section names; made-up names are in `folder` and hold the supervisor's `identifier`. */
export function processLogs(
  configuration: ProcessConfiguration,
  folder: string,
  identifier: string,
  logger: Logger,
): ProcessLogs {
  const pathOf = (channel: (typeof channels)[number]): string | undefined => {
    const { target } = configuration[channel];
    if (target.kind === 'none') return undefined;
    if (target.kind === 'file') return target.path;
    const unique = randomUUID().slice(0, 8);
    return join(folder, `${configuration.name}-${channel}---${identifier}-${unique}.log`);
  };
  const paths: LogPaths = { stdout: pathOf('stdout'), stderr: pathOf('stderr') };
  /** During a change of processes there are two. */
  const writers = new Set<number>();
  const whileWritersArePaused = (work: () => void): void => {
    [...writers].reduce((rest, pid) => () => whileGroupIsPaused(pid, rest), work)();
  };
  return {
    paths,
    watch: (pid, signal) => {
      writers.add(pid);
      signal.addEventListener('abort', () => writers.delete(pid), { once: true });
      for (const channel of channels) {
        const path = paths[channel];
        if (path === undefined) continue;
        const { maximumBytes, backups } = configuration[channel];
        watchLogSize(
          { path, maximumBytes, backups },
          whileWritersArePaused,
          (error) => logger.error(`${path} cannot be rotated`, { error }),
          signal,
        );
      }
    },
    end: () => {
      const logFile = paths.stderr ?? paths.stdout;
      return { logFile, lastLines: logFile === undefined ? '' : readLogEnd(logFile, endBytes).toString('utf8') };
    },
    clear: () => {
      for (const path of Object.values(paths)) {
        if (path !== undefined && logSizeBytes(path) !== undefined) emptyLog(path);
      }
    },
    removeAutomatic: () => {
      for (const channel of channels) {
        const path = paths[channel];
        if (configuration[channel].target.kind === 'auto' && path !== undefined && existsSync(path)) unlinkSync(path);
      }
    },
  };
}
