import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { AppError, errorCodes, failureOf } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { isSecretVariable } from '../core/variables.ts';
import { parseConfiguration } from '../core/configuration.ts';
import { noteRunningEnvironment } from '../core/running-environment.ts';
import type { Logger } from '../core/logger.ts';
import { isJsonObject } from '../core/json-object.ts';
import { runSupervisor } from '../supervisor/run-supervisor.ts';
import type { ProgramStart } from '../supervisor/start-report.ts';
import { withChosenPorts } from './choose-ports.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { greeting } from './greeting.ts';
import { locateSupervisord, runRealSupervisord } from './run-real-supervisord.ts';
import { supervisorEnvironment } from './supervisor-environment.ts';

/** What the supervisor in the background sends its starter once everything has been started. */
interface Started {
  readonly greeting: string;
  readonly isReady: boolean;
}

function isStarted(message: unknown): message is Started {
  return isJsonObject(message) && typeof message.greeting === 'string' && typeof message.isReady === 'boolean';
}

/** Returns 0 once everything is ready, 75 where something is not; the supervisor goes on trying in both cases. */
async function detach(context: CommandContext): Promise<number> {
  const log = openSync(context.home.supervisorLogFile, 'a');
  const [, program = ''] = process.argv;
  const child = spawn(process.execPath, [program, 'up'], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...context.shell },
  });
  closeSync(log);
  // Who stops the start stops what it has started.
  const stop = (): void => void child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop, { once: true });
  context.killSignal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  const ended = once(child, 'close');
  const started = await new Promise<Started | string>((resolve) => {
    child.on('message', (message) => {
      if (isStarted(message)) resolve(message);
    });
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (context.signal.aborted) {
    await ended;
    context.stderr.write('Interrupted. Everything that was started is stopped.\n');
    return exitInterrupted;
  }
  if (typeof started === 'string') {
    throw new AppError('UNAVAILABLE', `The supervisor did not start: ${started}.`, {
      hint: `Read the end of ${context.home.supervisorLogFile}.`,
    });
  }
  child.disconnect();
  child.unref();
  context.stdout.write(`${started.greeting}\nStop with: gmail-llm ctl shutdown\n`);
  return started.isReady ? 0 : errorCodes.UNAVAILABLE.exit;
}

/** Informs a starter that waits, or the person at the terminal; a log file must not get the token that is shown. */
async function announce(context: CommandContext, starts: readonly ProgramStart[]): Promise<void> {
  // The programs must not be left alone for a token that cannot be read.
  const text = await greeting(context, starts).catch((error: unknown) => `\n${failureOf(error).text}\n`);
  if (process.send === undefined) {
    context.stdout.write(`${text}\nCtrl-C stops all.\n`);
    return;
  }
  const started: Started = { greeting: text, isReady: starts.every(({ isUp }) => isUp) };
  process.send(started, () => process.disconnect());
}

/** What the supervisor does, in words for the person at the terminal; the log file has it as JSON. */
function terminalLogger({ stdout, stderr }: CommandContext): Logger {
  const complain = (message: string) => void stderr.write(`${message}\n`);
  return { debug: () => {}, info: (message) => void stdout.write(`${message}\n`), warn: complain, error: complain };
}

/**
 * `gmail-llm up`: runs the supervisor in the foreground until Ctrl-C, or with `--detach` in the background. With
 * `SUPERVISOR=supervisord` that is the real one.
 */
export async function runUp(context: CommandContext): Promise<number> {
  const unknown = context.arguments.filter((word) => word !== '--detach');
  if (unknown.length > 0) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `up`.', {
      expected: '--detach',
      got: unknown.join(' '),
    });
  }
  parseConfiguration(context.environment);
  const supervisord = locateSupervisord(context.environment);
  fillHome(context.home);
  if (context.arguments.includes('--detach')) return detach(context);
  return superviseUntilStopped(await withChosenPorts(context), supervisord);
}

/** Runs the supervisor, noting its variables for commands in other shells while it runs. */
async function superviseUntilStopped(context: CommandContext, supervisord: string | undefined): Promise<number> {
  const { home, shell, signal, killSignal } = context;
  let forget: (() => void) | undefined;
  const onStarted = (starts: readonly ProgramStart[]): void => {
    // Only now: another supervisor of this home would have refused the start.
    forget = noteRunningEnvironment(home.runFolder, shell, isSecretVariable);
    void announce(context, starts);
  };
  try {
    if (supervisord !== undefined) return await runRealSupervisord(supervisord, context, onStarted);
    await runSupervisor({
      home,
      environment: supervisorEnvironment(context.environment, shell),
      // In the background standard output is the log file, into which the supervisor writes itself.
      ...(process.send === undefined ? { logger: terminalLogger(context) } : {}),
      signal,
      killSignal,
      onStarted,
    });
    return 0;
  } finally {
    forget?.();
  }
}
