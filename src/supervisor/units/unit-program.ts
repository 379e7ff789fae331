import { resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { ProcessConfiguration, SupervisorConfiguration } from '../configuration/supervisor-configuration.ts';
import { CommandError, locateCommand } from '../process/locate-command.ts';

/** A file for a service manager. */
export interface UnitFile {
  readonly name: string;
  readonly content: string;
}

/** A process of the configuration as a service manager has to know it. */
export interface UnitProgram {
  /** Unique among them, and fit to be part of a file name. */
  readonly name: string;
  readonly configuration: ProcessConfiguration;
  /** Its program as an absolute path, then its arguments. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The settings file of the home, which need not exist. */
  readonly settingsFile: string;
  /** Names of those with a lower priority, which start before it. */
  readonly startsAfter: readonly string[];
}

function located(name: string, configuration: ProcessConfiguration, searchPath: string | undefined): readonly string[] {
  try {
    const { file, words } = locateCommand(configuration.command, configuration.environment.PATH ?? searchPath);
    return [resolve(file), ...words.slice(1)];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new AppError('INVALID_INPUT', `No unit can be made for ${name}: ${error.message}.`, {
      hint: `Correct command= in [program:${configuration.name}].`,
    });
  }
}

/**
 * Every process of the configuration, ascending by priority. `environment` is what each gets beside its own variables;
 * programs without a slash are looked up in `searchPath`. Throws `INVALID_INPUT` for a command that cannot be executed.
 */
export function unitPrograms(
  { groups }: Pick<SupervisorConfiguration, 'groups'>,
  environment: Readonly<Record<string, string>>,
  searchPath: string | undefined,
  settingsFile: string,
): readonly UnitProgram[] {
  const all = groups.flatMap((group) => group.processes.map((configuration) => ({ group, configuration })));
  const isShared = (name: string): boolean => all.filter((item) => item.configuration.name === name).length > 1;
  const named = all.map(({ group, configuration }) => {
    const name = isShared(configuration.name) ? `${group.name}-${configuration.name}` : configuration.name;
    // What systemd.unit(5) allows in a name.
    return { name: name.replaceAll(/[^\w:.-]/g, '_'), group, configuration };
  });
  return named.map(({ name, group, configuration }) => ({
    name,
    configuration,
    words: located(name, configuration, searchPath),
    environment: { ...environment, ...configuration.environment },
    settingsFile,
    startsAfter: named
      .filter(
        (other) =>
          other.group.priority < group.priority ||
          (other.group.priority === group.priority && other.configuration.priority < configuration.priority),
      )
      .map((other) => other.name),
  }));
}
