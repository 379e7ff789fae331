import { parseConfiguration, type Configuration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import type { Check, Patient } from './finding.ts';

function faultsOf(environment: Patient['environment']): readonly string[] {
  try {
    parseConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof AppError && error.details.faults !== undefined) return error.details.faults;
    throw error;
  }
}

/** The configuration that is left when every faulty variable is taken out, so that the rest can be checked too. */
export function usableConfiguration(environment: Patient['environment']): Configuration {
  const faulty = new Set(faultsOf(environment).map((fault) => fault.slice(0, fault.indexOf(':'))));
  return parseConfiguration(Object.fromEntries(Object.entries(environment).filter(([name]) => !faulty.has(name))));
}

export const checkVariables: Check = {
  name: 'variables',
  run({ environment }) {
    const faults = faultsOf(environment);
    if (faults.length > 0) {
      return faults.map((found) => ({
        name: 'variables',
        state: 'fault',
        found,
        fix: 'Correct or unset it; `gmail-llm config list` says where it comes from. Then start the servers again.',
      }));
    }
    const set = Object.keys(environment).filter((name) => name.startsWith('GMAIL_') && environment[name] !== '');
    return [{ name: 'variables', state: 'ok', found: set.length === 0 ? 'none is set' : `${set.join(', ')} set` }];
  },
};
