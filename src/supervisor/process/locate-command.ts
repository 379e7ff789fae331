import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { splitCommand } from '../configuration/split-words.ts';

/** A command that cannot be executed, with supervisord's words. */
export class CommandError extends Error {
  readonly kind: 'missing' | 'notExecutable';

  constructor(kind: CommandError['kind'], message: string) {
    super(message);
    this.name = 'CommandError';
    this.kind = kind;
  }
}

/** A program file and the words it is started with, its own name first. */
export interface LocatedCommand {
  readonly file: string;
  readonly words: readonly [string, ...string[]];
}

const defaultPath = '/bin:/usr/bin:/usr/local/bin';

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The program file that a `command=` means: as it stands if it has a slash, else looked up in `searchPath`. */
export function locateCommand(command: string, searchPath: string | undefined): LocatedCommand {
  let words: readonly string[];
  try {
    words = splitCommand(command);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError('notExecutable', `can't parse command '${command}': expected ${why}`);
  }
  const [program, ...rest] = words;
  if (program === undefined || program === '') throw new CommandError('notExecutable', 'command is empty');
  const candidates = program.includes('/')
    ? [program]
    : (searchPath === undefined || searchPath === '' ? defaultPath : searchPath)
        .split(':')
        .map((folder) => join(folder, program));
  const file = candidates.find((candidate) => statOf(candidate) !== undefined);
  const stats = file === undefined ? undefined : statOf(file);
  if (file === undefined || stats === undefined) {
    throw new CommandError('missing', `can't find command '${program}'`);
  }
  if (stats.isDirectory()) throw new CommandError('notExecutable', `command at '${file}' is a directory`);
  if ((stats.mode & 0o111) === 0) throw new CommandError('notExecutable', `command at '${file}' is not executable`);
  try {
    accessSync(file, constants.X_OK);
  } catch {
    throw new CommandError('notExecutable', `no permission to run command '${file}'`);
  }
  return { file, words: [program, ...rest] };
}
