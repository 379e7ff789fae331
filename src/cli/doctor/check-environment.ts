import { requireStoreOfServers, runningEnvironment } from '../../core/running-environment.ts';
import { readSettings } from '../../core/settings.ts';
import type { Check, Finding } from './finding.ts';

const name = 'environment';

/** Whether the running servers were started with other values than this shell or the settings have now. Secrets are not compared. */
export const checkEnvironment: Check = {
  name,
  needs: ['home'],
  run({ home, environment }) {
    requireStoreOfServers(home.runFolder, {}, environment);
    const servers = Object.entries(runningEnvironment(home.runFolder));
    if (servers.length === 0) return [];
    const { values } = readSettings(home.folder);
    const findings = servers.flatMap(([variable, value = '']): Finding[] => {
      const sources = [
        ['this shell', environment[variable]],
        ['settings', values.get(variable)],
      ] as const;
      const [where, here] = sources.find(([, text]) => text !== undefined && text !== value) ?? [];
      if (where === undefined) return [];
      const found = `The servers run with ${variable}=${value}, and in ${where} it is ${here}.`;
      const fix = 'Unset the one that is wrong; for the servers: gmail-llm ctl shutdown && gmail-llm up';
      return [{ name, state: 'warning', found, fix }];
    });
    return findings.length > 0 ? findings : [{ name, state: 'ok', found: 'the running servers have no other values' }];
  },
};
