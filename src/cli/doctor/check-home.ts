import { accessSync, chmodSync, constants, readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { gmailFolderName } from '../../gmail/credentials/open-credential-store.ts';
import type { Check, Finding } from './finding.ts';

function octal({ mode }: Stats): string {
  return `0${(mode & 0o777).toString(8)}`;
}

/** What is wrong with a folder or file that only this user may enter or read; undefined while it is not there. */
function inspect(path: string, mode: 0o700 | 0o600 | undefined): Finding | undefined {
  const name = 'home';
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (mode !== undefined && (stat.mode & 0o077) !== 0) {
    return {
      name,
      state: 'fault',
      found: `${path} is open to other users of this machine (${octal(stat)}).`,
      fix: `Run: chmod ${mode.toString(8)} ${path}`,
      repair: () => {
        chmodSync(path, mode);
        return `${path} is for this user alone now`;
      },
    };
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK | (stat.isDirectory() ? constants.X_OK : 0));
    return undefined;
  } catch (error) {
    return {
      name,
      state: 'fault',
      found: `This user may not read and write ${path}: ${messageOf(error)}.`,
      fix: `Run gmail-llm as the user that it belongs to (uid ${stat.uid}), or give it to this one with chown -R.`,
    };
  }
}

/** Throws `UNAVAILABLE` where a folder is there and this user cannot look into it: nothing in it can be checked then. */
function requireReadable(folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    const hint =
      systemCode(error) === 'ENOTDIR'
        ? `Move ${folder} away: a folder belongs there.`
        : `Run gmail-llm as the user that ${folder} belongs to, or give it to this one with chown -R.`;
    throw new AppError('UNAVAILABLE', `${folder} cannot be read: ${messageOf(error)}.`, { hint }, error);
  }
}

export const checkHome: Check = {
  name: 'home',
  run({ home }) {
    const { folder, dataFolder, runFolder, logsFolder, configurationFile } = home;
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
      return [
        {
          name: 'home',
          state: 'warning',
          found: `There is no ${folder} yet.`,
          fix: 'Run: gmail-llm up, which makes it.',
        },
      ];
    }
    requireReadable(folder);
    requireReadable(dataFolder);
    const paths = [
      [folder, undefined],
      [configurationFile, undefined],
      [logsFolder, undefined],
      [runFolder, 0o700],
      [dataFolder, 0o700],
      [join(dataFolder, 'token'), 0o600],
      [join(dataFolder, 'tokens.json'), 0o600],
      [join(dataFolder, gmailFolderName), 0o700],
      [join(dataFolder, gmailFolderName, 'key'), 0o600],
    ] as const;
    const findings = paths.flatMap(([path, mode]) => inspect(path, mode) ?? []);
    return findings.length > 0 ? findings : [{ name: 'home', state: 'ok', found: folder }];
  },
};
