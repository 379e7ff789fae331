import type { User } from '../process/find-user.ts';
import type { AutoRestart, ListenAddress, LogTarget } from './values.ts';

/** How one channel of a process is logged. */
export interface LogConfiguration {
  readonly target: LogTarget;
  /** The file is rotated when it grows over this; 0 is never. */
  readonly maximumBytes: number;
  /** How many rotated files are kept. */
  readonly backups: number;
  readonly captureMaximumBytes: number;
  readonly eventsEnabled: boolean;
  readonly syslog: boolean;
}

/** What is ours on top of supervisord: the `x_` keys. Durations in seconds. */
export interface ExtraConfiguration {
  /** `x_listen`: bound by the supervisor and handed to the program. */
  readonly listen?: ListenAddress;
  /** `x_ready_url`: answers 200 once the program can serve. */
  readonly readyUrl?: string;
  /** `x_ready_timeout`: how long that may take. */
  readonly readyTimeoutSeconds: number;
  /** `x_live_url`: answers 200 as long as the program is not stuck. */
  readonly liveUrl?: string;
  readonly liveIntervalSeconds: number;
  readonly liveTimeoutSeconds: number;
  /** `x_live_failures`: so many misses in a row restart the program. */
  readonly liveFailures: number;
  /** `x_max_rss`: resident memory in bytes over which the program is restarted; 0 is never. */
  readonly maximumRssBytes: number;
  /** `x_backoff_max`: the longest wait between two starts. */
  readonly backOffMaximumSeconds: number;
}

/** One process: a `[program:x]` section, or one of its `numprocs`. */
export interface ProcessConfiguration {
  readonly name: string;
  readonly command: string;
  readonly directory?: string;
  readonly umask?: number;
  readonly user?: User;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: AutoRestart;
  readonly startSeconds: number;
  readonly startRetries: number;
  /** Signal number. */
  readonly stopSignal: number;
  readonly stopWaitSeconds: number;
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
  readonly exitCodes: readonly number[];
  readonly redirectStderr: boolean;
  readonly stdout: LogConfiguration;
  readonly stderr: LogConfiguration;
  readonly environment: Readonly<Record<string, string>>;
  readonly serverUrl?: string;
  readonly extra: ExtraConfiguration;
}

/** A `[group:x]` section, or the group that a lone program is in. Processes ascend by priority, then name. */
export interface GroupConfiguration {
  readonly name: string;
  readonly priority: number;
  readonly processes: readonly ProcessConfiguration[];
}

/** The control socket. */
export interface SocketConfiguration {
  readonly path: string;
  readonly mode: number;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** A whole `supervisord.conf`. Groups ascend by priority, then name. */
export interface SupervisorConfiguration {
  /** Absent when the main log is switched off. */
  readonly logFile: string;
  readonly logMaximumBytes: number;
  readonly logBackups: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly pidFile: string;
  readonly identifier: string;
  /** Where log files of a made-up name go. */
  readonly childLogFolder: string;
  /** Absent when the file has no `[unix_http_server]`. */
  readonly socket?: SocketConfiguration;
  readonly groups: readonly GroupConfiguration[];
  /** What was read but is not acted on, one sentence each. */
  readonly warnings: readonly string[];
}
