import { loggerOf, type Logger, type WriteLog } from '../logger.ts';

/** Parts of the program whose log lines have a level that can be set apart. */
const subsystems = ['accounts', 'feed', 'gmail', 'jobs', 'local', 'safety', 'egress'] as const;
type Subsystem = (typeof subsystems)[number];

let writeLog: WriteLog | undefined;

/** Sets where the lines of all subsystems go; before that, and in programs that never do, they go nowhere. */
export function installLog(write: WriteLog | undefined): void {
  writeLog = write;
}

/** The logger of a subsystem, at hand without being passed along. */
export function logOf(subsystem: Subsystem): Logger {
  return loggerOf((...line) => writeLog?.(...line), subsystem);
}
