import { loggerOf, type Logger, type WriteLog } from '../logger.ts';

/** Parts of the program whose log lines have a level of their own; lines of none of them are the server's. */
export const subsystems = [
  'accounts',
  'egress',
  'feed',
  'gmail',
  'jobs',
  'local',
  'metrics',
  'safety',
  'server',
  'store',
  'webhooks',
] as const;
export type Subsystem = (typeof subsystems)[number];

let writeLog: WriteLog | undefined;

/** Sets where the lines of all subsystems go; before that, and in programs that never do, they go nowhere. */
export function installLog(write: WriteLog | undefined): void {
  writeLog = write;
}

/** The logger of a subsystem, at hand without being passed along. */
export function logOf(subsystem: Subsystem): Logger {
  return loggerOf((...line) => writeLog?.(...line), subsystem);
}
