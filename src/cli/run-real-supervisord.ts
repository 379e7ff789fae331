import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../core/errors.ts';
import { parseConfigurationFile } from '../supervisor/configuration/parse-configuration-file.ts';
import type { SupervisorConfiguration } from '../supervisor/configuration/supervisor-configuration.ts';
import { CommandError, locateCommand } from '../supervisor/process/locate-command.ts';
import { untilReady } from '../supervisor/process/probe-url.ts';
import type { ProgramStart } from '../supervisor/start-report.ts';
import type { CommandContext } from './command.ts';
import { supervisorEnvironment } from './supervisor-environment.ts';

/**
 * The file of the real supervisord where `SUPERVISOR=supervisord` asks for it; undefined where our own is to run.
 * Throws `INVALID_INPUT` for another value, `UNSUPPORTED` where it is not installed.
 */
export function locateSupervisord(environment: CommandContext['environment']): string | undefined {
  const { SUPERVISOR: wanted, PATH: searchPath } = environment;
  if (wanted === undefined || wanted === '') return undefined;
  if (wanted !== 'supervisord') {
    throw new AppError('INVALID_INPUT', 'SUPERVISOR names no supervisor.', {
      field: 'SUPERVISOR',
      expected: 'supervisord, or nothing for our own',
      got: wanted,
    });
  }
  try {
    return locateCommand('supervisord', searchPath).file;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new AppError('UNSUPPORTED', 'supervisord is not installed; install it with: apt-get install -y supervisor');
  }
}

/** How each program stands: ready where it has `x_ready_url` and answers there in time; undefined when `signal` aborts. */
async function untilStarted(
  { groups }: SupervisorConfiguration,
  signal: AbortSignal,
): Promise<readonly ProgramStart[] | undefined> {
  const programs = groups.flatMap(({ processes }) => processes).filter(({ autostart }) => autostart);
  const starts = await Promise.all(
    programs.map(async ({ name, extra: { readyUrl, readyTimeoutSeconds } }): Promise<ProgramStart> => {
      if (readyUrl === undefined) return { name, isUp: true, reason: '' };
      const answer = await untilReady(readyUrl, readyTimeoutSeconds * 1000, signal);
      const isUp = answer?.ok === true;
      return { name, isUp, reason: isUp ? '' : `not ready after ${readyTimeoutSeconds} s: ${answer?.reason ?? ''}` };
    }),
  );
  return signal.aborted ? undefined : starts;
}

/**
 * Runs the real supervisord in the foreground on the `supervisord.conf` of the home, until it ends or the command is
 * aborted; `onStarted` is called once the programs are ready or late. Answers its exit code, 0 after an abort. Throws what
 * `parseConfigurationFile` throws.
 */
export async function runRealSupervisord(
  file: string,
  context: CommandContext,
  onStarted: (starts: readonly ProgramStart[]) => void,
): Promise<number> {
  const { home, signal } = context;
  const environment = supervisorEnvironment(context.environment, context.shell);
  const configuration = parseConfigurationFile({
    file: home.configurationFile,
    environment,
    defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
  });
  // Who started this one in the background reads no output of it; its log is a file.
  const output = process.send === undefined ? 'inherit' : 'ignore';
  const supervisord = spawn(file, ['-n', '-c', home.configurationFile], {
    cwd: home.folder,
    env: environment,
    stdio: ['ignore', output, output],
  });
  const ended = new AbortController();
  const exit = once(supervisord, 'exit').finally(() => ended.abort());
  const stop = (): void => void supervisord.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const starts = await untilStarted(configuration, AbortSignal.any([signal, ended.signal]));
  if (starts !== undefined) onStarted(starts);
  const [code] = await exit;
  signal.removeEventListener('abort', stop);
  return signal.aborted ? 0 : typeof code === 'number' ? code : 1;
}
