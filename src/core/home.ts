import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, messageOf, systemCode } from './errors.ts';
import { makeFolder } from './make-folder.ts';
import { processConfiguration } from './process-configuration.ts';

/** The folder that holds one installation's configuration, logs and mail, as absolute paths. */
export interface Home {
  readonly folder: string;
  readonly configurationFile: string;
  readonly logsFolder: string;
  readonly runFolder: string;
  readonly dataFolder: string;
  readonly supervisorSocket: string;
  readonly supervisorPidFile: string;
  readonly supervisorLogFile: string;
}

/** The package's own folder, from a source file and from the bundle alike: both lie two levels below it or one. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('gmail-llm cannot find its own package.json');
    folder = parent;
  }
  return folder;
}

/** Where the home is: what `GMAIL_HOME` names, else the checkout itself, else `~/.gmail-llm`. Touches nothing. */
export function locateHome(environment: Readonly<Record<string, string | undefined>>): Home {
  const checkout = packageFolder();
  const named = environment.GMAIL_HOME;
  const folder =
    named !== undefined && named !== ''
      ? resolve(named)
      : existsSync(join(checkout, 'supervisord.conf'))
        ? checkout
        : join(homedir(), '.gmail-llm');
  const runFolder = join(folder, 'run');
  const logsFolder = join(folder, 'logs');
  return {
    folder,
    configurationFile: join(folder, 'supervisord.conf'),
    logsFolder,
    runFolder,
    dataFolder: join(folder, 'data'),
    supervisorSocket: join(runFolder, 'supervisor.sock'),
    supervisorPidFile: join(runFolder, 'supervisord.pid'),
    supervisorLogFile: join(logsFolder, 'supervisord.log'),
  };
}

/** Where a restore puts what it unpacks. While it is there, the home is not whole. */
export function restoringFolder(homeFolder: string): string {
  return join(homeFolder, 'restoring');
}

function ensureFolder(folder: string, mode: number): void {
  try {
    makeFolder(folder, mode);
    if (mode === 0o700) chmodSync(folder, mode);
  } catch (error) {
    throw new AppError(
      'UNAVAILABLE',
      `The folder ${folder} cannot be made: ${messageOf(error)}.`,
      {
        hint:
          systemCode(error) === 'EACCES'
            ? 'Give this user write access to it, or point GMAIL_HOME at a folder of your own.'
            : 'Free the path, or point GMAIL_HOME at another folder.',
      },
      error,
    );
  }
}

/** Writes a file of a home that is not there yet; a file that exists is the user's and stays. */
function writeNewFile(path: string, content: string, mode: number): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    throw new AppError('UNAVAILABLE', `${path} cannot be written: ${messageOf(error)}.`, {}, error);
  }
}

/**
 * Makes what is missing of a home: its folders and `supervisord.conf`. What exists stays as it is.
 * Throws `UNAVAILABLE` with a way out when a folder cannot be made, and for a home in the middle of a restore.
 */
export function fillHome(home: Home): void {
  const restoring = restoringFolder(home.folder);
  if (existsSync(restoring)) {
    throw new AppError('UNAVAILABLE', `A restore of ${home.folder} has not come to its end.`, {
      hint: `Run gmail-llm restore again with --force, or remove ${restoring} if you want to begin without it.`,
    });
  }
  ensureFolder(home.folder, 0o755);
  ensureFolder(home.logsFolder, 0o755);
  ensureFolder(home.runFolder, 0o700);
  ensureFolder(home.dataFolder, 0o700);
  if (!existsSync(home.configurationFile)) {
    writeNewFile(home.configurationFile, processConfiguration('installed'), 0o644);
  }
}
