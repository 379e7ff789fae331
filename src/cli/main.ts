import { configureEgress } from '../core/egress/egress-settings.ts';
import { AppError, failureOf } from '../core/errors.ts';
import { locateHome, type Home } from '../core/home.ts';
import { requireStoreOfServers, runningEnvironment } from '../core/running-environment.ts';
import { inspectConfiguration, readConfiguration } from '../core/read-configuration.ts';
import { ownEnvironment, type Environment } from '../core/settings.ts';
import { portVariables } from '../core/variables.ts';
import { version } from '../core/version.ts';
import { printableOutput } from './output.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { commands, isCommandName, type CommandName } from './commands.ts';
import { meantHint, nearestWord } from '../core/did-you-mean.ts';
import { commandHelp, helpWidth, overview } from './help-text.ts';

const runs: Readonly<Record<CommandName, RunCommand>> = {
  up: async (context) => (await import('./up-command.ts')).runUp(context),
  open: async (context) => (await import('./open-command.ts')).runOpen(context),
  ctl: async (context) => (await import('./ctl-command.ts')).runCtl(context),
  units: async (context) => (await import('./units-command.ts')).runUnits(context),
  import: async (context) => (await import('./import-command.ts')).runImport(context),
  export: async (context) => (await import('./export-command.ts')).runExport(context),
  backup: async (context) => (await import('./backup-command.ts')).runBackup(context),
  restore: async (context) => (await import('./restore-command.ts')).runRestore(context),
  migrate: async (context) => (await import('./migrate-command.ts')).runMigrate(context),
  check: async (context) => (await import('./check-command.ts')).runCheck(context),
  login: async (context) => (await import('./login-command.ts')).runLogin(context),
  config: async (context) => (await import('./config-command.ts')).runConfig(context),
  accounts: async (context) => (await import('./accounts-command.ts')).runAccounts(context),
  doctor: async (context) => (await import('./doctor-command.ts')).runDoctor(context),
  call: async (context) => (await import('./call-command.ts')).runCall(context),
  'log-level': async (context) => (await import('./log-level-command.ts')).runLogLevel(context),
  jobs: async (context) => (await import('./jobs-command.ts')).runJobsCommand(context),
  outbox: async (context) => (await import('./outbox-command.ts')).runOutbox(context),
  emulate: async (context) => (await import('./emulate-command.ts')).runEmulate(context),
  audit: async (context) => (await import('./audit-command.ts')).runAudit(context),
  policy: async (context) => (await import('./policy-command.ts')).runPolicy(context),
  connect: async (context) => (await import('./connect-command.ts')).runConnect(context),
  disconnect: async (context) => (await import('./connect-command.ts')).runDisconnect(context),
  token: async (context) => (await import('./token-command.ts')).runToken(context),
  sync: async (context) => (await import('./sync-command.ts')).runSync(context),
  webhook: async (context) => (await import('./webhook-command.ts')).runWebhook(context),
  completion: async (context) => (await import('./completion-command.ts')).runCompletion(context),
  'start-dual': async (context) => {
    context.stderr.write('start_dual_server is deprecated: the supervisor runs each server as a process of its own.\n');
    return (await import('./up-command.ts')).runUp(context);
  },
};

/** Commands that start servers or look at the settings themselves; what servers run with is not theirs. */
const withoutServers: ReadonlySet<string> = new Set(['up', 'start-dual', 'units', 'config', 'log-level']);
/** Commands that have to work with a faulty file: they say what is wrong, stop what runs, or read no variable. */
const withFaultySettings: ReadonlySet<string> = new Set(['config', 'doctor', 'ctl', 'completion']);

const isPort = (name: string): boolean => portVariables.some((each) => each === name);

function environmentOf(command: string, shell: Environment, { folder, runFolder }: Home): Environment {
  const servers = withoutServers.has(command) ? {} : runningEnvironment(runFolder);
  // The system has chosen where this shell lets it choose: the servers know what.
  const given = Object.entries(ownEnvironment(shell)).filter(
    ([name, value]) => servers[name] === undefined || value !== '0' || !isPort(name),
  );
  const own = { ...servers, ...Object.fromEntries(given) };
  if (withFaultySettings.has(command)) return inspectConfiguration(own, folder).environment;
  const { environment } = readConfiguration(own, folder);
  if (!withoutServers.has(command)) requireStoreOfServers(runFolder, shell, environment);
  return environment;
}

/** The operation that a word means: who types `search` means one. */
async function operationMeant(word: string): Promise<string | undefined> {
  const { operations } = await import('../operations/operations.ts');
  const called = operations.flatMap(({ name }) => [name, name.split('_')[0] ?? '']);
  const named = nearestWord(word, called);
  return operations.find(({ name }) => name === named || name.startsWith(`${named}_`))?.name;
}

async function unknownCommand(name: string): Promise<AppError> {
  const names = Object.keys(commands);
  const operation = nearestWord(name, names) === undefined ? await operationMeant(name) : undefined;
  return new AppError('INVALID_INPUT', `There is no command ${name}.`, {
    expected: names.join(', '),
    hint:
      operation === undefined
        ? meantHint(name, names, '`gmail-llm --help` explains each.')
        : `Did you mean gmail-llm call ${operation}? \`gmail-llm call\` lists all operations.`,
  });
}

/** The help that these words ask for; undefined where they ask for something else. Throws `INVALID_INPUT`. */
async function helpFor(words: readonly string[], width: number): Promise<string | undefined> {
  const [first = '--help', ...rest] = words;
  const isAsked = first === '--help' || first === '-h' || first === 'help';
  const [name, ...more] = isAsked ? rest : [first, ...rest.filter((word) => word !== '--help' && word !== '-h')];
  if (!isAsked && !rest.includes('--help') && !rest.includes('-h')) return undefined;
  if (name === undefined) return overview(width);
  if (!isCommandName(name)) throw await unknownCommand(name);
  if (name === 'call') return (await import('./call-command.ts')).callHelp(more[0], width);
  return commandHelp(name, width);
}

/** Runs `gmail-llm` with the words after its name and returns the exit code. Faults become one message on stderr. */
export async function main(
  words: readonly string[],
  {
    environment: shell,
    stdout,
    stderr,
    ...signals
  }: Pick<CommandContext, 'environment' | 'stdout' | 'stderr' | 'signal' | 'killSignal'>,
): Promise<number> {
  const context = {
    ...signals,
    stdout: printableOutput(stdout),
    stderr: printableOutput(stderr),
    terminal: { stdout, stderr },
  };
  const [name = '--help', ...rest] = words;
  try {
    if (name === '--version' || name === '-V' || name === 'version') {
      context.stdout.write(`${version}\n`);
      return 0;
    }
    const help = await helpFor(words, helpWidth(context.stdout));
    if (help !== undefined) {
      context.stdout.write(help);
      return 0;
    }
    if (name === 'man') {
      context.stdout.write((await import('./manual-page.ts')).manualPage());
      return 0;
    }
    if (!isCommandName(name)) throw await unknownCommand(name);
    const home = locateHome(shell);
    const environment = environmentOf(name, shell, home);
    configureEgress(environment);
    return await runs[name]({ ...context, arguments: rest, home, shell, environment }).catch(async (error: unknown) => {
      const { withMeantWord } = await import('./words-after.ts');
      throw withMeantWord(error, { name, description: commands[name], words: rest });
    });
  } catch (error) {
    const { text, exit } = failureOf(error);
    context.stderr.write(`gmail-llm: ${text}\n`);
    return exit;
  }
}
