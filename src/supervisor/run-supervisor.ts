import type { Home } from '../core/home.ts';
import { createLogger, type Logger } from '../core/logger.ts';
import { parseConfigurationFile } from './configuration/parse-configuration-file.ts';
import type { SupervisorConfiguration } from './configuration/supervisor-configuration.ts';
import { openControlServer, type ControlServer } from './control/control-server.ts';
import { isStandardOutput, openMainLog } from './logs/main-log.ts';
import { removeStaleSocket, takePidFile } from './files/single-instance.ts';
import { startReport, type ProgramStart } from './start-report.ts';
import { Supervisor } from './supervisor.ts';

export interface SupervisorOptions {
  readonly home: Home;
  /** Default: the home's `supervisord.conf`. */
  readonly configurationFile?: string;
  /** Default: what the file says. */
  readonly identifier?: string;
  /** What `%(ENV_X)s` finds and the programs start with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears everything that goes into the main log, unless it writes into that very file. */
  readonly logger?: Logger;
  /** Its abort stops everything, in order. */
  readonly signal: AbortSignal;
  /** Its abort kills what is not gone yet. */
  readonly killSignal?: AbortSignal;
  /** Called once the programs that start by themselves are up, or have failed for the first time. */
  readonly onStarted?: (starts: readonly ProgramStart[]) => void;
}

/** One logger that tells both. */
function both(first: Logger, second: Logger): Logger {
  const tell =
    (level: keyof Logger): Logger['info'] =>
    (message, fields) => {
      first[level](message, fields);
      second[level](message, fields);
    };
  return { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
}

/**
 * Runs the programs of a `supervisord.conf` until `signal` aborts or a control client shuts it down; resolves when all
 * of them have stopped.
 *
 * Throws what {@link parseConfigurationFile} throws, `CONFLICT` when a supervisor runs in this home already, and
 * `UNAVAILABLE` when its log, pid file or socket cannot be made.
 */
export async function runSupervisor(options: SupervisorOptions): Promise<void> {
  const { home, environment, signal } = options;
  const killSignal = options.killSignal ?? new AbortController().signal;
  const readConfiguration = (): SupervisorConfiguration => {
    const configuration = parseConfigurationFile({
      file: options.configurationFile ?? home.configurationFile,
      environment,
      defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
    });
    return { ...configuration, identifier: options.identifier ?? configuration.identifier };
  };

  let configuration = readConfiguration();
  const releasePidFile = takePidFile(configuration.pidFile);
  let { onStarted } = options;
  try {
    for (;;) {
      const state = await runOnce(configuration, { ...options, killSignal, readConfiguration, onStarted });
      if (state === 'SHUTDOWN' || signal.aborted) return;
      configuration = readConfiguration();
      onStarted = undefined;
    }
  } finally {
    releasePidFile();
  }
}

/** The longest that a timer of Node.js can be set to. */
const longestTimerMs = 2 ** 31 - 1;

interface Run extends Pick<SupervisorOptions, 'environment' | 'logger' | 'signal'> {
  readonly killSignal: AbortSignal;
  readonly readConfiguration: () => SupervisorConfiguration;
  readonly onStarted: SupervisorOptions['onStarted'];
}

/** One life from start to stop; answers whether another one follows. */
async function runOnce(configuration: SupervisorConfiguration, run: Run): Promise<Supervisor['state']> {
  const { logFile: path, logMaximumBytes: maximumBytes, logBackups: backups, logLevel } = configuration;
  const log = openMainLog({ path, maximumBytes, backups });
  const fileLogger = createLogger('supervisord', logLevel, (line) => log.write(line));
  const logger = run.logger === undefined || isStandardOutput(path) ? fileLogger : both(fileLogger, run.logger);
  let control: ControlServer | undefined;
  try {
    const { environment, readConfiguration } = run;
    const supervisor = new Supervisor({ configuration, readConfiguration, environment, logger, random: Math.random });
    if (configuration.socket !== undefined) {
      await removeStaleSocket(configuration.socket.path);
      control = await openControlServer(configuration.socket, logger);
      control.serve(supervisor);
    } else {
      logger.warn('There is no [unix_http_server], so that this supervisor cannot be controlled.');
    }
    for (const warning of configuration.warnings) logger.warn(warning);
    logger.info(`supervisord started with pid ${process.pid}`);

    const end = (): void => supervisor.end('SHUTDOWN');
    run.signal.addEventListener('abort', end, { once: true });
    if (run.signal.aborted) end();
    let failure: unknown;
    supervisor
      .begin()
      .then(() => {
        if (supervisor.state === 'RUNNING') run.onStarted?.(startReport(supervisor.members()));
      })
      .catch((error: unknown) => {
        // Whatever the caller's onStarted throws, the programs must not be left alone.
        failure = error;
        end();
      });
    // Without a control socket and a program that runs nothing else would keep this process alive.
    const alive = setInterval(() => undefined, longestTimerMs);
    const stopSampling = supervisor.samples.begin();
    await supervisor.ending;
    stopSampling();
    clearInterval(alive);
    run.signal.removeEventListener('abort', end);
    logger.info(supervisor.state === 'SHUTDOWN' ? 'stopping everything' : 'stopping everything to start again');
    await supervisor.stopAll(run.killSignal);
    if (failure !== undefined) throw failure;
    return supervisor.state;
  } finally {
    await control?.close();
    log.close();
  }
}
