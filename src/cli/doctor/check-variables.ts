import { checkConfiguration, type Configuration } from '../../core/configuration.ts';
import { inspectConfiguration } from '../../core/read-configuration.ts';
import { readSettings } from '../../core/settings.ts';
import { readSharedSettings } from '../../core/shared-settings.ts';
import type { Check, Finding, Patient } from './finding.ts';

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
    const others = [...readSharedSettings(home.folder, environment.GMAIL_STORE).values];
    const unlike = others.filter(([name, value]) => environment[name] !== value);
    if (unlike.length > 0) {
      return unlike.map(([name, value]): Finding => ({
        name: 'variables',
        state: 'warning',
        found: `${name} is ${environment[name]} on this host, and ${value} for all hosts.`,
        fix: `Take the host's own value out of its environment or settings, or: gmail-llm config set ${name} ${environment[name]} --shared`,
      }));
    }
    const set = Object.keys(environment).filter((name) => name.startsWith('GMAIL_') && environment[name] !== '');
    return [{ name: 'variables', state: 'ok', found: set.length === 0 ? 'none is set' : `${set.join(', ')} set` }];
  },
};
