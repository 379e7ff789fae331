import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import type { Awaitable } from '../core/awaitable.ts';
import type { Configuration } from '../core/configuration.ts';
import { AppError, errorCodes, failureOf } from '../core/errors.ts';
import { escapeUnprintable } from '../core/escape-unprintable.ts';
import type { Logger } from '../core/logger.ts';
import { metrics } from '../core/telemetry/metrics.ts';
import type { JobRunner } from '../core/jobs/run-jobs.ts';
import { assemble, type Assembly } from './assemble.ts';
import { collectServerFigures } from './collect-server-figures.ts';
import { answerHealth } from './health.ts';
import { startHttpServer, type HttpHandler } from './http-server.ts';
import { lazyHandler } from './lazy-handler.ts';
import { startHomeJobs } from './jobs/home-jobs.ts';
import type { ServerProgram } from './program-help.ts';
import type { Principal, Rights } from '../safety/tokens/check-token.ts';
import { principalShown } from '../safety/tokens/tokens.ts';

/** How long calls may go on after a stop was asked for; supervisord waits 10 s before it kills. */
const stopGraceMs = 5000;

/** How long after it listens a server reads what its calls need, if no call has come: its health is asked for first. */
const preloadDelayMs = 500;

/**
 * How much the heap may grow, in percent of what is in use, before all of it is collected. V8 would wait three times as long:
 * that saves 1 % of the processor time of mixed calls and costs a fifth more memory. Set here, as homes of older versions
 * start their servers with the flags of then.
 */
const heapGrowthPercent = 40;

/** Says on standard error why a program cannot go on, and ends it with the error's exit code. */
export function failStart(program: string, error: unknown): never {
  const { text, exit } = failureOf(error);
  process.stderr.write(escapeUnprintable(`${program}: ${text}\n`));
  process.exit(exit);
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function untilStopped(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      logger.info('stopping', { signal });
      resolve();
      process.once(signal, () => process.exit(1));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}

/** Whoever shows a token that counts; one that has expired is as good as none where none is needed. */
async function shownBy(
  checkToken: (authorization: string | undefined) => Awaitable<Principal | undefined>,
  { headers }: IncomingMessage,
): Promise<Rights | undefined> {
  try {
    return await checkToken(headers.authorization);
  } catch {
    return undefined;
  }
}

/**
 * One server from its start to its end: assembles, listens, serves until SIGTERM or SIGINT, closes. A start that fails
 * says why in a few lines on standard error and exits with the code of the error table.
 */
export async function runServer(options: {
  readonly program: ServerProgram;
  /** Words of the command line; none is understood here but `--help`. */
  readonly arguments: readonly string[];
  readonly port: (configuration: Configuration) => number;
  readonly portVariable: string;
  readonly name: HttpHandler['name'];
  readonly publicPaths: readonly string[];
  /** How V8 works in it, beside what all servers have. */
  readonly engineFlags?: readonly string[];
  /** Whether it takes part in what the home does by itself. */
  readonly runsJobs?: boolean;
  /** Reads the code of the handler, and makes it. */
  readonly loadHandler: (assembly: Assembly) => Promise<HttpHandler>;
}): Promise<void> {
  const { program, engineFlags = [] } = options;
  if (options.arguments.length === 1 && ['--help', '-h', 'help'].includes(options.arguments[0] ?? '')) {
    process.stdout.write((await import('./program-help.ts')).programHelp(program));
    return;
  }
  for (const flag of [`--heap-growing-percent=${heapGrowthPercent}`, ...engineFlags]) setFlagsFromString(flag);
  try {
    if (options.arguments.length > 0) {
      throw new AppError('INVALID_INPUT', `Unexpected argument for \`${program}\`.`, {
        expected: program === 'gmail-mcp-server' ? '--stdio, or nothing' : 'nothing',
        got: options.arguments.join(' '),
      });
    }
    const environment = process.env;
    const assembly = await assemble({
      program,
      environment,
      logTo: 1,
      waitsForStore: true,
    });
    const { configuration, logger, services } = assembly;
    process.on('uncaughtException', (error) => {
      logger.error('uncaught error', { error });
      process.exit(errorCodes.INTERNAL.exit);
    });
    const { tokens } = services.safety;
    try {
      await tokens.owner();
    } catch (error) {
      // A database that is away now is asked again by the first call.
      if (configuration.store === undefined || !(error instanceof AppError)) throw error;
      logger.warn('the store is not there yet', { reason: error.message });
    }
    const lookUp = tokens.lookUp(configuration.grants);
    const checkToken = (authorization: string | undefined) => principalShown(lookUp, authorization);
    let jobs: JobRunner | undefined;
    let isStopping = false;
    const { name, publicPaths } = options;
    const handler = lazyHandler({ name, publicPaths, load: () => options.loadHandler(assembly) });
    const server = await startHttpServer({
      handler,
      health: answerHealth({
        accounts: services.accounts,
        sync: () => services.accounts.sync(),
        webhooks: () => services.webhooks.store().backlogs(),
        jobs: async () => (await jobs?.troubles()) ?? [],
        hasSharedStore: configuration.store !== undefined,
        isStopping: () => isStopping,
        viewer: ({ request }) => (configuration.auth === 'none' ? {} : shownBy(checkToken, request)),
      }),
      renderMetrics: () => metrics.render({ server: program }),
      configuration,
      port: options.port(configuration),
      portVariable: options.portVariable,
      checkToken,
      logger,
      environment,
      now: services.now,
    });
    logger.info('listening', { host: configuration.host, port: server.port });
    collectServerFigures(services);
    const preload = setTimeout(() => {
      // A handler that cannot be loaded serves nobody.
      handler.load().catch((error: unknown) => failStart(program, error));
      // The system is asked for it once, which takes long, and 10 MB: nothing for a page that nobody may look at.
      if (options.runsJobs !== false) void services.timeZone;
    }, preloadDelayMs);
    if (options.runsJobs !== false) jobs = startHomeJobs(services);
    await untilStopped(logger);
    isStopping = true;
    clearTimeout(preload);
    await Promise.all([server.close(stopGraceMs), jobs?.stop()]);
    await assembly.close();
    logger.info('stopped');
  } catch (error) {
    failStart(program, error);
  }
}
