import { checkConfiguration, type CheckedConfiguration } from './configuration.ts';
import { AppError } from './errors.ts';
import { readSharedSettings, type SharedSettings } from './shared-settings.ts';
import {
  derivedVariable,
  ownEnvironment,
  readSettings,
  settingsFile,
  type Environment,
  type Settings,
} from './settings.ts';

/** What a program of a home runs with. */
export interface ReadConfiguration extends CheckedConfiguration {
  /**
   * The environment over the settings of the home, over those that all hosts of its store share. The last are named as derived:
   * whoever opens the store reads them there, where they may be others by now.
   */
  readonly environment: Environment;
  /** The settings file; a sentence about a value of it begins with file and line. */
  readonly file: string;
  /** The store that hosts share, in the same sense. */
  readonly store: string;
}

/** What a host says for itself. */
interface OwnSettings {
  readonly settings: Settings;
  /** The environment over the settings of the home. */
  readonly values: Environment;
}

function ownSettings(environment: Environment, homeFolder: string): OwnSettings {
  const settings = readSettings(homeFolder);
  return { settings, values: { ...Object.fromEntries(settings.values), ...ownEnvironment(environment) } };
}

/**
 * The configuration of the environment over the settings of a home, over those that all hosts of its store share, with every
 * fault of them: lines that are not understood, unknown names, values that do not fit. Throws `UNAVAILABLE` for a file that
 * cannot be read.
 */
export function inspectConfiguration(environment: Environment, homeFolder: string): ReadConfiguration {
  const own = ownSettings(environment, homeFolder);
  return inspect(own, readSharedSettings(homeFolder, own.values.GMAIL_STORE), homeFolder);
}

function inspect({ settings, values }: OwnSettings, shared: SharedSettings, homeFolder: string): ReadConfiguration {
  const lacking = new Map([...shared.values].filter(([name]) => (values[name] ?? '') === ''));
  const whole = { ...values, ...Object.fromEntries(lacking) };
  const { configuration, faults } = checkConfiguration(whole);
  const placed = faults.map((fault) => {
    const name = fault.slice(0, fault.indexOf(':'));
    const place = whole[name] === settings.values.get(name) ? settings.places.get(name) : undefined;
    const where = lacking.has(name) ? shared.place : place;
    return where === undefined ? fault : `${where}: ${fault}`;
  });
  return {
    environment: lacking.size === 0 ? whole : { ...whole, [derivedVariable]: [...lacking.keys()].join(',') },
    configuration,
    faults: [...settings.faults, ...placed],
    file: settingsFile(homeFolder),
    store: shared.place,
  };
}

/** The same, refusing what is faulty: throws `INVALID_INPUT` with every fault at once. `shared` is what the store says now. */
export function readConfiguration(
  environment: Environment,
  homeFolder: string,
  shared?: SharedSettings,
): ReadConfiguration {
  if (shared === undefined) return requireFaultless(inspectConfiguration(environment, homeFolder));
  return requireFaultless(inspect(ownSettings(environment, homeFolder), shared, homeFolder));
}

/** The same without what hosts share: enough to open the store that says it. */
export function readOwnConfiguration(environment: Environment, homeFolder: string): ReadConfiguration {
  return readConfiguration(environment, homeFolder, { values: new Map(), place: '' });
}

function requireFaultless(read: ReadConfiguration): ReadConfiguration {
  const { faults, file, store } = read;
  if (faults.length === 0) return read;
  const placeOf = (fault: string) => [file, store].find((place) => fault.startsWith(`${place}:`)) ?? 'The environment';
  const found = new Set(faults.map(placeOf));
  const sources = ['The environment', file, store].filter((place) => found.has(place));
  const names = new Intl.ListFormat('en').format(sources);
  throw new AppError('INVALID_INPUT', `${names} ${sources.length > 1 ? 'are' : 'is'} not usable.`, {
    faults,
    hint: 'Correct or remove what is named, then try again; `gmail-llm config list` says where each value comes from.',
  });
}
