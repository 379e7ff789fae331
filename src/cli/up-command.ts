import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { AppError } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { isSecretVariable, parseConfiguration } from '../core/configuration.ts';
import { noteRunningEnvironment } from '../core/running-environment.ts';
import type { Logger } from '../core/logger.ts';
import { ownerToken } from '../server/tokens.ts';
import { runSupervisor } from '../supervisor/run-supervisor.ts';
import type { CommandContext } from './command.ts';
import { locateSupervisord, runRealSupervisord } from './run-real-supervisord.ts';
import { supervisorEnvironment } from './supervisor-environment.ts';

/** What a person does next: both addresses, and a line to paste for each server. */
function greeting(context: CommandContext): string {
  const { host, mcpPort, apiPort, auth } = parseConfiguration(context.environment);
  const address = host.includes(':') ? `[${host}]` : host;
  const token = ownerToken(context.home.dataFolder);
  const [mcpHeader, apiHeader] =
    auth === 'none' ? ['', ''] : [` --header "Authorization: Bearer ${token}"`, ` -H "Authorization: Bearer ${token}"`];
  return [
    '',
    `  MCP   http://${address}:${mcpPort}/mcp`,
    `  REST  http://${address}:${apiPort}/api  (docs: http://${address}:${apiPort}/docs)`,
    '',
    'Connect Claude Code:',
    `  claude mcp add --transport http gmail http://${address}:${mcpPort}/mcp${mcpHeader}`,
    'Ask from a script:',
    `  curl -s "http://${address}:${apiPort}/api/messages?q=is:unread"${apiHeader}`,
    '',
  ].join('\n');
}

/** What the supervisor in the background sends its starter once everything is ready. */
const readyMessage = 'ready';

async function detach(context: CommandContext): Promise<number> {
  const log = openSync(context.home.supervisorLogFile, 'a');
  const [, program = ''] = process.argv;
  const child = spawn(process.execPath, [program, 'up'], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...context.shell },
  });
  closeSync(log);
  const reason = await new Promise<string | undefined>((resolve) => {
    child.once('message', () => resolve(undefined));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (reason !== undefined) {
    throw new AppError('UNAVAILABLE', `The supervisor did not start: ${reason}.`, {
      hint: `Read the end of ${context.home.supervisorLogFile}.`,
    });
  }
  child.disconnect();
  child.unref();
  context.stdout.write(`${greeting(context)}\nStop with: gmail-llm ctl shutdown\n`);
  return 0;
}

/** Tells a starter that waits, or the person at the terminal; a log file must not get the token that is shown. */
function announce(context: CommandContext): void {
  if (process.send === undefined) context.stdout.write(`${greeting(context)}\nCtrl-C stops all.\n`);
  else process.send(readyMessage, () => process.disconnect());
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
  return superviseUntilStopped(context, supervisord);
}

/** Runs the supervisor, noting its variables for commands in other shells while it runs. */
async function superviseUntilStopped(context: CommandContext, supervisord: string | undefined): Promise<number> {
  const { home, shell, signal, killSignal } = context;
  let forget: (() => void) | undefined;
  const onReady = (): void => {
    // Only now: another supervisor of this home would have refused the start.
    forget = noteRunningEnvironment(home.runFolder, shell, isSecretVariable);
    announce(context);
  };
  try {
    if (supervisord !== undefined) return await runRealSupervisord(supervisord, context, onReady);
    await runSupervisor({
      home,
      environment: supervisorEnvironment(context.environment, shell),
      // In the background standard output is the log file, into which the supervisor writes itself.
      ...(process.send === undefined ? { logger: terminalLogger(context) } : {}),
      signal,
      killSignal,
      onReady,
    });
    return 0;
  } finally {
    forget?.();
  }
}
