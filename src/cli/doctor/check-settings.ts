import { chmodSync, statSync } from 'node:fs';
import { isSecretVariable } from '../../core/variables.ts';
import { readSettings, settingsFile } from '../../core/settings.ts';
import type { Check } from './finding.ts';

const name = 'settings';

export const checkSettings: Check = {
  name,
  run({ home }) {
    const file = settingsFile(home.folder);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) {
      return [{ name, state: 'skipped', found: 'There is no settings file; `gmail-llm config set` makes it.' }];
    }
    const { values, faults } = readSettings(home.folder);
    const secrets = [...values.keys()].filter(isSecretVariable);
    if (secrets.length > 0 && (stat.mode & 0o077) !== 0) {
      return [
        {
          name,
          state: 'fault',
          found: `${file} holds ${secrets.join(', ')} and can be read by other users of this machine.`,
          fix: `Run: chmod 600 ${file}`,
          repair: () => {
            chmodSync(file, 0o600);
            return `${file} is for this user alone now`;
          },
        },
      ];
    }
    if (faults.length === 0) return [{ name, state: 'ok', found: `${values.size} set in ${file}` }];
    return faults.map((found) => ({ name, state: 'fault', found, fix: `Correct or remove that line.` }));
  },
};
