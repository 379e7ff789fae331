import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearestWord } from './did-you-mean.ts';
import { AppError, messageOf, systemCode } from './errors.ts';
import { variables } from './variables.ts';

/** Variables by name, as a process or a file gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the file `settings` of a home says. */
export interface Settings {
  /** Values by variable, in the file's order. */
  readonly values: ReadonlyMap<string, string>;
  /** File and line of each name, misspelled ones too. */
  readonly places: ReadonlyMap<string, string>;
  /** Lines that are not `KEY=value` of a variable, each as a sentence with its place. */
  readonly faults: readonly string[];
}

/** Where a home keeps its settings: `KEY=value`, one a line, as systemd reads an `EnvironmentFile`. */
export function settingsFile(homeFolder: string): string {
  return join(homeFolder, 'settings');
}

/**
 * In the environment of a server: the variables that its supervisor took from the settings or a default, so that the
 * server reads the settings as they are when it starts, and not as they were when the supervisor started.
 */
export const derivedVariable = 'GMAIL_DERIVED';

const linePattern = /^([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? /^'(.*)'$/s.exec(text)?.[1] ?? text;
}

/** The variable that was meant by a name which only looks like one, such as `gmail_quota`: it would be ignored. */
function variableMeant(name: string): string | undefined {
  return name.startsWith('GMAIL_') ? undefined : nearestWord(name, Object.keys(variables));
}

/** Reads the text of a settings file; `#` and `;` begin a comment line. The last of two equal names holds. */
export function parseSettings(text: string, file: string): Settings {
  const values = new Map<string, string>();
  const places = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const place = `${file}:${index + 1}`;
    const [, name, value] = linePattern.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined) {
      faults.push(`${place}: expected KEY=value`);
      continue;
    }
    places.set(name, place);
    const meant = variableMeant(name);
    if (name === 'GMAIL_HOME')
      faults.push(`${place}: GMAIL_HOME names the home that this file is in; set it in the environment`);
    else if (meant !== undefined) faults.push(`${place}: ${name} is not known; did you mean ${meant}?`);
    else values.set(name, unquoted(value));
  }
  return { values, places, faults };
}

/** The settings of a home; none where there is no file. Throws `UNAVAILABLE` for a file that cannot be read. */
export function readSettings(homeFolder: string): Settings {
  const file = settingsFile(homeFolder);
  try {
    return parseSettings(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const code = systemCode(error);
    // A home that is no folder is said where it is filled.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { values: new Map(), places: new Map(), faults: [] };
    const hint = 'Make it readable for this user, or remove it.';
    throw new AppError('UNAVAILABLE', `${file} cannot be read: ${messageOf(error)}.`, { hint }, error);
  }
}

/** The environment alone: what a supervisor derived for its programs, and empty variables, count as not set. */
export function ownEnvironment(environment: Environment): Environment {
  const derived = new Set([derivedVariable, ...(environment[derivedVariable] ?? '').split(',')]);
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => value !== undefined && value !== '' && !derived.has(name)),
  );
}
