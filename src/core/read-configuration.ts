import { checkConfiguration, type CheckedConfiguration } from './configuration.ts';
import { AppError } from './errors.ts';
import { ownEnvironment, readSettings, settingsFile, type Environment } from './settings.ts';

/** What a program of a home runs with. */
export interface ReadConfiguration extends CheckedConfiguration {
  /** The environment over the settings of the home. */
  readonly environment: Environment;
  /** The settings file; a sentence about a value of it begins with file and line. */
  readonly file: string;
}

/**
 * The configuration of the environment over the settings of a home, with every fault of both: lines that are not
 * understood, unknown names, values that do not fit. Throws `UNAVAILABLE` for a file that cannot be read.
 */
export function inspectConfiguration(environment: Environment, homeFolder: string): ReadConfiguration {
  const settings = readSettings(homeFolder);
  const whole = { ...Object.fromEntries(settings.values), ...ownEnvironment(environment) };
  const { configuration, faults } = checkConfiguration(whole);
  const placed = faults.map((fault) => {
    const name = fault.slice(0, fault.indexOf(':'));
    const place = whole[name] === settings.values.get(name) ? settings.places.get(name) : undefined;
    return place === undefined ? fault : `${place}: ${fault}`;
  });
  return { environment: whole, configuration, faults: [...settings.faults, ...placed], file: settingsFile(homeFolder) };
}

/** The same, refusing what is faulty: throws `INVALID_INPUT` with every fault at once. */
export function readConfiguration(environment: Environment, homeFolder: string): ReadConfiguration {
  const read = inspectConfiguration(environment, homeFolder);
  const { faults, file } = read;
  if (faults.length === 0) return read;
  const ofFile = faults.filter((fault) => fault.startsWith(`${file}:`)).length;
  const sources = [ofFile < faults.length ? 'The environment' : '', ofFile > 0 ? file : ''].filter(Boolean);
  throw new AppError('INVALID_INPUT', `${sources.join(' and ')} ${sources.length > 1 ? 'are' : 'is'} not usable.`, {
    faults,
    hint: 'Correct or remove what is named, then try again; `gmail-llm config list` says where each value comes from.',
  });
}
