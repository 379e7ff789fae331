import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import { messageOf, systemCode } from '../../core/errors.ts';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import { locateCommand } from './locate-command.ts';
import { openForAppending } from '../logs/log-file.ts';
import type { LogPaths } from '../logs/process-logs.ts';

/** What a child gets from the supervisor it belongs to. */
export interface SpawnContext {
  readonly groupName: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the supervisor is controlled, for `SUPERVISOR_SERVER_URL`. */
  readonly serverUrl: string | undefined;
}

/** The variables a child starts with: the supervisor's own, supervisord's four, then those of its section. */
function childEnvironment(
  configuration: ProcessConfiguration,
  { groupName, environment, serverUrl }: SpawnContext,
): Record<string, string | undefined> {
  const url = configuration.serverUrl ?? serverUrl;
  // Sockets that were handed to the supervisor are not meant for its children.
  const { LISTEN_FDS: _fds, LISTEN_PID: _pid, LISTEN_FDNAMES: _names, ...inherited } = environment;
  return {
    ...inherited,
    SUPERVISOR_ENABLED: '1',
    ...(url === undefined ? {} : { SUPERVISOR_SERVER_URL: url }),
    SUPERVISOR_PROCESS_NAME: configuration.name,
    SUPERVISOR_GROUP_NAME: groupName,
    ...configuration.environment,
  };
}

function withUmask<T>(umask: number | undefined, work: () => T): T {
  if (umask === undefined) return work();
  const before = process.umask(umask);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

/**
 * Starts a process in a session and process group of its own, so that a Ctrl-C in the terminal of the supervisor does not
 * reach it. It writes its log files itself: it goes on writing whatever becomes of the supervisor.
 *
 * A descriptor to listen on is handed on as number 3.
 *
 * Throws `CommandError` where the command cannot be executed, and the system's error where a log file cannot be opened.
 * A child without a pid has not started; its `error` event tells why.
 */
export function spawnProcess(
  configuration: ProcessConfiguration,
  context: SpawnContext,
  inherited: {
    readonly logPaths: LogPaths;
    readonly listenDescriptor: number | undefined;
    readonly environment: Readonly<Record<string, string>>;
  },
): ChildProcess {
  const { logPaths, listenDescriptor } = inherited;
  // As sd_listen_fds(3) has it; the pid cannot be known before the start.
  const listening: Record<string, string> =
    listenDescriptor === undefined ? {} : { LISTEN_FDS: '1', LISTEN_FDNAMES: configuration.name.replaceAll(':', '_') };
  const own = childEnvironment(configuration, context);
  const env = { ...own, ...listening, ...inherited.environment };
  const { file, words } = locateCommand(configuration.command, configuration.environment.PATH ?? own.PATH);
  const [name, ...rest] = words;
  const opened: number[] = [];
  const open = (path: string | undefined): number | 'ignore' => {
    if (path === undefined) return 'ignore';
    const descriptor = openForAppending(path);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const stdout = open(logPaths.stdout);
    const stderr = configuration.redirectStderr ? stdout : open(logPaths.stderr);
    // Node starts a child before spawn() returns, so that it inherits this umask.
    return withUmask(configuration.umask, () =>
      spawn(file, rest, {
        argv0: name,
        env,
        detached: true,
        stdio: ['pipe', stdout, stderr, ...(listenDescriptor === undefined ? [] : [listenDescriptor])],
        ...(configuration.directory === undefined ? {} : { cwd: configuration.directory }),
        ...configuration.user,
      }),
    );
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/** What the `error` event of a child that has not started means, in supervisord's words where it has some. */
export function explainSpawnError({ directory, command, user }: ProcessConfiguration, error: Error): string {
  if (directory !== undefined && systemCode(error) === 'ENOENT' && !existsSync(directory)) {
    return `couldn't chdir to ${directory}: ENOENT`;
  }
  if (user !== undefined && systemCode(error) === 'EPERM') {
    return `couldn't setuid to ${user.uid}: only root may start programs as another user`;
  }
  return `couldn't exec ${command}: ${messageOf(error)}`;
}
