import { existsSync } from 'node:fs';
import { parseConfigurationFile } from '../../supervisor/configuration/parse-configuration-file.ts';
import { supervisorEnvironment } from '../supervisor-environment.ts';
import { addDashboard, repairProcessFile, stalePrograms } from './process-file-repair.ts';
import type { Check } from './finding.ts';

const name = 'supervisord.conf';
const dashboardName = 'gmail-dashboard';

export const checkProcessFile: Check = {
  name,
  run({ home, environment }) {
    if (!existsSync(home.configurationFile)) {
      return [{ name, state: 'skipped', found: 'It is made at the first start.' }];
    }
    const configuration = parseConfigurationFile({
      file: home.configurationFile,
      environment: supervisorEnvironment(environment, environment),
      defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
    });
    const { groups, warnings } = configuration;
    const stale = stalePrograms(configuration);
    const programs = groups.flatMap(({ processes }) => processes.map((process) => process.name));
    if (warnings.length > 0) {
      return warnings.map((found) => ({ name, state: 'warning', found, fix: `Correct ${home.configurationFile}.` }));
    }
    if (stale.length > 0) {
      const backUpAndRepair = (): string =>
        `commands in ${home.configurationFile} lead to this installation; the file as it was: ${repairProcessFile(home, stale, new Date())}`;
      return stale.map(({ name: program, path, isMissing }, index) => ({
        name,
        state: isMissing ? 'fault' : 'warning',
        found: `${program} is started from ${path}, which is ${isMissing ? 'not there' : 'another installation'}.`,
        fix: 'Run: gmail-llm doctor --fix, then gmail-llm ctl update (or gmail-llm up)',
        // One repair covers all of them.
        ...(index === 0 ? { repair: backUpAndRepair } : {}),
      }));
    }
    if (!programs.includes(dashboardName)) {
      const backUpAndAdd = (): string =>
        `${dashboardName} was added to ${home.configurationFile}; the file as it was: ${addDashboard(home, new Date())}`;
      return [
        {
          name,
          state: 'warning',
          found: `It has no ${dashboardName}: the owner's page is not served.`,
          fix: 'Run: gmail-llm doctor --fix, then gmail-llm ctl update (or gmail-llm up)',
          repair: backUpAndAdd,
        },
      ];
    }
    return [{ name, state: 'ok', found: programs.join(', ') }];
  },
};
