import { existsSync } from 'node:fs';
import { parseConfigurationFile } from '../../supervisor/configuration/parse-configuration-file.ts';
import { supervisorEnvironment } from '../supervisor-environment.ts';
import type { Check } from './finding.ts';

const name = 'supervisord.conf';

export const checkProcessFile: Check = {
  name,
  run({ home, environment }) {
    if (!existsSync(home.configurationFile)) {
      return [{ name, state: 'skipped', found: 'It is made at the first start.' }];
    }
    const { groups, warnings } = parseConfigurationFile({
      file: home.configurationFile,
      environment: supervisorEnvironment(environment, environment),
      defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
    });
    const programs = groups.flatMap(({ processes }) => processes.map((process) => process.name));
    if (warnings.length > 0) {
      return warnings.map((found) => ({ name, state: 'warning', found, fix: `Correct ${home.configurationFile}.` }));
    }
    return [{ name, state: 'ok', found: programs.join(', ') }];
  },
};
