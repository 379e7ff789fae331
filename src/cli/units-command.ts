import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isSecretVariable } from '../core/variables.ts';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { makeFolder } from '../core/make-folder.ts';
import { parseConfigurationFile } from '../supervisor/configuration/parse-configuration-file.ts';
import { launchdAgents } from '../supervisor/units/launchd-agents.ts';
import type { Sandbox } from '../supervisor/units/sandbox.ts';
import { systemdUnits } from '../supervisor/units/systemd-units.ts';
import { refusedUserNamespaces } from '../supervisor/units/user-namespaces.ts';
import { unitPrograms, type UnitFile } from '../supervisor/units/unit-program.ts';
import type { CommandContext } from './command.ts';
import { ownEnvironment, readSettings, settingsFile } from '../core/settings.ts';
import { supervisorEnvironment } from './supervisor-environment.ts';

interface Asked {
  /** Where the files go; undefined for standard output. */
  readonly folder: string | undefined;
  /** Whose services of the system they are; undefined for services of this user's own. */
  readonly user: string | undefined;
}

/** Throws `INVALID_INPUT` for other words. */
function readWords(words: readonly string[]): Asked {
  const options = { write: { type: 'string' }, system: { type: 'boolean' }, user: { type: 'string' } } as const;
  try {
    const { write, system = false, user } = parseArgs({ args: [...words], options }).values;
    if (write === '') throw new Error('A folder has to be named.');
    if (user !== undefined && !/^[\w.-]+$/.test(user)) throw new Error(`${user} is no name of a user.`);
    if (user !== undefined && !system) throw new Error('--user goes with --system.');
    return { folder: write === undefined ? undefined : resolve(write), user: system ? (user ?? owner()) : undefined };
  } catch (error) {
    throw new AppError(
      'INVALID_INPUT',
      'Unexpected argument for `units`.',
      { expected: '[--system [--user NAME]] [--write FOLDER]', got: words.join(' '), faults: [messageOf(error)] },
      error,
    );
  }
}

/** Who runs this, for whom the services are: root is named on purpose only. */
function owner(): string {
  const { username, uid } = userInfo();
  if (uid !== 0) return username;
  throw new Error('Root has to say whose services they are: --user NAME.');
}

/**
 * Variables of ours that are set in this shell; a service manager does not hand them on. A secret must not land in a
 * file, and what the settings file has is left to it: systemd lets an `EnvironmentFile` win.
 */
function carriedVariables({ shell, home, stderr }: CommandContext): Record<string, string> {
  const { values } = readSettings(home.folder);
  const carried: Record<string, string> = {};
  for (const [name, value] of Object.entries(ownEnvironment(shell))) {
    if (!name.startsWith('GMAIL_') || value === undefined) continue;
    if (isSecretVariable(name)) {
      stderr.write(`gmail-llm: ${name} is a secret and not written into a unit: gmail-llm config set ${name} …\n`);
    } else if (values.has(name) && values.get(name) !== value) {
      stderr.write(`gmail-llm: the units use ${name} of ${settingsFile(home.folder)}, not of this shell.\n`);
    } else {
      carried[name] = value;
    }
  }
  return carried;
}

function managerFor(user: string | undefined, { stderr }: CommandContext): Sandbox['manager'] {
  if (user !== undefined) return 'system';
  const setting = refusedUserNamespaces();
  if (setting === undefined) return 'user';
  stderr.write(
    `gmail-llm: by ${setting} users make no namespaces here, so the units hide no files from the servers; --system does.\n`,
  );
  return 'userWithoutNamespaces';
}

function writeAll(files: readonly UnitFile[], folder: string): void {
  try {
    makeFolder(folder);
    for (const { name, content } of files) writeFileSync(join(folder, name), content);
  } catch (error) {
    throw new AppError(
      'UNAVAILABLE',
      `The units cannot be written to ${folder}: ${messageOf(error)}.`,
      { hint: 'Name a folder that this user may write to.' },
      error,
    );
  }
}

/**
 * `gmail-llm units [--system [--user NAME]] [--write FOLDER]`: systemd user units and launchd agents for the programs of
 * `supervisord.conf`, or services of the system, on standard output under their names, or as files.
 */
export async function runUnits(context: CommandContext): Promise<number> {
  const { arguments: words, environment, shell, home, stdout } = context;
  const { folder, user } = readWords(words);
  parseConfiguration(environment);
  fillHome(home);
  const configuration = parseConfigurationFile({
    file: home.configurationFile,
    environment: supervisorEnvironment(environment, shell),
    defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
  });
  const programs = unitPrograms(configuration, carriedVariables(context), environment.PATH, settingsFile(home.folder));
  const sandbox = { writableFolder: home.folder, manager: managerFor(user, context) };
  const units = systemdUnits(programs, { user, sandbox });
  const files = user === undefined ? [...units, ...launchdAgents(programs)] : units;
  if (folder === undefined) {
    stdout.write(files.map(({ name, content }) => `==> ${name} <==\n${content}`).join('\n'));
    return 0;
  }
  writeAll(files, folder);
  for (const { name } of files) stdout.write(`${join(folder, name)}\n`);
  return 0;
}
