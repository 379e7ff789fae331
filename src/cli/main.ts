import { AppError, failureOf } from '../core/errors.ts';
import { locateHome, type Home } from '../core/home.ts';
import { runningEnvironment } from '../core/running-environment.ts';
import { ownEnvironment, readSettings, withSettings, type Environment } from '../core/settings.ts';
import { version } from '../core/version.ts';
import type { Command, CommandContext } from './command.ts';

/** The commands, in the order of the help. Each is loaded when it is run: `ctl` must not wait for a mail parser. */
const commands: Readonly<Record<string, Command>> = {
  up: {
    usage: 'up [--detach]',
    summary: 'the supervisor and its programs',
    run: async (context) => (await import('./up-command.ts')).runUp(context),
  },
  ctl: {
    usage: 'ctl VERB …',
    summary: "supervisorctl's verbs: status, start, stop, restart, tail, …; --json",
    run: async (context) => (await import('./ctl-command.ts')).runCtl(context),
  },
  units: {
    usage: 'units [--write FOLDER]',
    summary: 'systemd units and launchd agents for the programs of supervisord.conf',
    run: async (context) => (await import('./units-command.ts')).runUnits(context),
  },
  import: {
    usage: 'import [--account ADDRESS] PATH…',
    summary: 'mbox, Maildir, folders of .eml, Google Takeout into the local mailbox',
    run: async (context) => (await import('./import-command.ts')).runImport(context),
  },
  login: {
    usage: 'login [--account ADDRESS] [--client FILE] …',
    summary: 'connect a Gmail account; --paste over SSH, --service-account FILE for a Workspace',
    run: async (context) => (await import('./login-command.ts')).runLogin(context),
  },
  config: {
    usage: 'config [list [--json]|get NAME|set NAME VALUE|unset NAME]',
    summary: 'the settings of this home: every variable, its value and where that comes from',
    run: async (context) => (await import('./config-command.ts')).runConfig(context),
  },
  accounts: {
    usage: 'accounts [list [--json]|remove ADDRESS|rotate-key]',
    summary: 'local mailboxes and Gmail logins, their state and what they may do',
    run: async (context) => (await import('./accounts-command.ts')).runAccounts(context),
  },
  doctor: {
    usage: 'doctor [--json] [--fix]',
    summary: "what's wrong here and how to fix it",
    run: async (context) => (await import('./doctor-command.ts')).runDoctor(context),
  },
  call: {
    usage: 'call OPERATION [--field value …]',
    summary: 'any operation, JSON out',
    run: async (context) => (await import('./call-command.ts')).runCall(context),
  },
  outbox: {
    usage: 'outbox [list [--json] [--all]|show ID|approve ID|reject ID]',
    summary: 'messages that wait to be sent; approve ID [--hash HASH] sends one as it was shown',
    run: async (context) => (await import('./outbox-command.ts')).runOutbox(context),
  },
  emulate: {
    usage: 'emulate [--port N] [--account ADDRESS] …',
    summary: 'a local Gmail API emulator, for tests; --token-seconds N, --latency-ms N',
    run: async (context) => (await import('./emulate-command.ts')).runEmulate(context),
  },
  audit: {
    usage: 'audit [--since TIME] [--token NAME] [--json] …',
    summary: 'who changed what, over which transport; --limit N, --account ADDRESS, --verify',
    run: async (context) => (await import('./audit-command.ts')).runAudit(context),
  },
  policy: {
    usage: 'policy [check]',
    summary: 'the rules of policy.json that hold for each account, or its faults',
    run: async (context) => (await import('./policy-command.ts')).runPolicy(context),
  },
  token: {
    usage: 'token [create NAME --grants …|list|revoke NAME]',
    summary: 'access tokens; with no argument, prints the one made at first start',
    run: async (context) => (await import('./token-command.ts')).runToken(context),
  },
  'start-dual': {
    usage: 'start-dual',
    summary: 'deprecated: the same as up',
    run: async (context) => {
      context.stderr.write(
        'start_dual_server is deprecated: the supervisor runs each server as a process of its own.\n',
      );
      return (await import('./up-command.ts')).runUp(context);
    },
  },
};

function help(): string {
  const rows = Object.values(commands).map(({ usage, summary }) => `  gmail-llm ${usage.padEnd(50)} ${summary}`);
  return [`gmail-llm ${version}: Gmail for language models and for the other programs on a host`, '', ...rows, ''].join(
    '\n',
  );
}

/** Commands that start servers or look at the settings themselves; what servers run with is not theirs. */
const withoutServers: ReadonlySet<string> = new Set(['up', 'start-dual', 'units', 'config']);
/** Commands that have to work, and say what is wrong, with a faulty file. */
const withFaultySettings: ReadonlySet<string> = new Set(['config', 'doctor']);

function environmentOf(command: string, shell: Environment, { folder, runFolder }: Home): Environment {
  const servers = withoutServers.has(command) ? {} : runningEnvironment(runFolder);
  const own = { ...servers, ...ownEnvironment(shell) };
  if (!withFaultySettings.has(command)) return withSettings(own, folder);
  return { ...Object.fromEntries(readSettings(folder).values), ...own };
}

/** Runs `gmail-llm` with the words after its name and answers the exit code. Faults become one message on stderr. */
export async function main(
  words: readonly string[],
  {
    environment: shell,
    ...context
  }: Pick<CommandContext, 'environment' | 'stdout' | 'stderr' | 'signal' | 'killSignal'>,
): Promise<number> {
  const [name = '--help', ...rest] = words;
  try {
    if (name === '--version' || name === '-V') {
      context.stdout.write(`${version}\n`);
      return 0;
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      context.stdout.write(help());
      return 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new AppError('INVALID_INPUT', `There is no command ${name}.`, {
        expected: Object.keys(commands).join(', '),
        hint: '`gmail-llm --help` explains each.',
      });
    }
    if (rest.includes('--help')) {
      context.stdout.write(`gmail-llm ${command.usage}\n  ${command.summary}\n`);
      return 0;
    }
    const home = locateHome(shell);
    return await command.run({
      ...context,
      arguments: rest,
      home,
      shell,
      environment: environmentOf(name, shell, home),
    });
  } catch (error) {
    const { text, exit } = failureOf(error);
    context.stderr.write(`gmail-llm: ${text}\n`);
    return exit;
  }
}
