import { chmodSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readHead, readThrough } from '../../store/sqlite/snapshot.ts';
import { wayBack } from '../../store/sqlite/sqlite-errors.ts';
import { missingFiles } from '../check/missing-files.ts';
import { asFault, type Check, type Finding, type Patient } from './finding.ts';

/** Larger files are opened and not read through: that would take longer than somebody waits. */
const readThroughBytes = 200_000_000;

/** Of files that are gone; backups hold each of them. */
const fromBackup = 'Restore it from a backup: gmail-llm restore FILE --force.';

/** What is wrong with one SQLite file; undefined where nothing is. */
function inspect(file: string, patient: Patient): Finding | undefined {
  const name = `data/${file}`;
  const path = join(patient.home.dataFolder, file);
  const { mode, size } = statSync(path);
  if ((mode & 0o077) !== 0) {
    return {
      name,
      state: 'fault',
      found: 'It can be read by other users of this machine.',
      fix: `Run: chmod 600 ${path}`,
      repair: () => {
        chmodSync(path, 0o600);
        return `${path} is for this user alone now`;
      },
    };
  }
  try {
    if (size > readThroughBytes) {
      readHead(path);
      return undefined;
    }
    const [why] = readThrough(path);
    if (why === undefined) return undefined;
    return {
      name,
      state: 'fault',
      found: `It is damaged: ${why.split('\n').join(' ')}.`,
      fix: wayBack(path),
    };
  } catch (error) {
    return asFault(name, error);
  }
}

/** Every database of the home: private, readable and whole. */
export const checkDatabases: Check = {
  name: 'databases',
  needs: ['home', 'store'],
  run(patient) {
    const missing = patient.configuration.store === undefined ? missingFiles(patient.home) : [];
    const files = globSync('**/*.db', { cwd: patient.home.dataFolder }).toSorted();
    if (files.length + missing.length === 0)
      return [{ name: 'databases', state: 'skipped', found: 'There is none yet.' }];
    const findings = [
      ...missing.map(({ path, what }): Finding => ({
        name: path,
        state: 'fault',
        found: `It ${what}.`,
        fix: fromBackup,
      })),
      ...files.flatMap((file) => inspect(file, patient) ?? []),
    ];
    const sizeBytes = files.reduce((sum, file) => sum + statSync(join(patient.home.dataFolder, file)).size, 0);
    const megabytes = Math.ceil(sizeBytes / 1_000_000).toLocaleString('en-US');
    return findings.length > 0
      ? findings
      : [
          {
            name: 'databases',
            state: 'ok',
            found: `${files.length === 1 ? '1 file' : `${files.length} files`}, ${megabytes} MB, whole`,
          },
        ];
  },
};
