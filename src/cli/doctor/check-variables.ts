import { checkConfiguration, type Configuration } from '../../core/configuration.ts';
import { inspectConfiguration } from '../../core/read-configuration.ts';
import { derivedVariable, readSettings } from '../../core/settings.ts';
import type { Check, Patient } from './finding.ts';

/** The configuration that is left when every faulty variable is taken out, so that the rest can be checked too. */
export function usableConfiguration(environment: Patient['environment']): Configuration {
  const faulty = new Set(checkConfiguration(environment).faults.map((fault) => fault.slice(0, fault.indexOf(':'))));
  const usable = Object.fromEntries(Object.entries(environment).filter(([name]) => !faulty.has(name)));
  return checkConfiguration(usable).configuration;
}

export const checkVariables: Check = {
  name: 'variables',
  run({ environment, home }) {
    const ofLines = new Set(readSettings(home.folder).faults);
    const faults = inspectConfiguration(environment, home.folder).faults.filter((fault) => !ofLines.has(fault));
    if (faults.length > 0) {
      return faults.map((found) => ({
        name: 'variables',
        state: 'fault',
        found,
        fix: 'Correct or unset it (`gmail-llm config set`, `config unset`), then start the servers again.',
      }));
    }
    const set = Object.keys(environment).filter(
      (name) => name.startsWith('GMAIL_') && name !== derivedVariable && environment[name] !== '',
    );
    return [{ name: 'variables', state: 'ok', found: set.length === 0 ? 'none is set' : `${set.join(', ')} set` }];
  },
};
