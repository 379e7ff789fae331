import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf, systemCode } from './errors.ts';

/** Variables by name, as a process or a file gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the file `settings` of a home says. */
export interface Settings {
  /** Values by variable, in the file's order. */
  readonly values: ReadonlyMap<string, string>;
  /** Lines that are not `KEY=value`, each as a sentence with its place. */
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

/** Reads the text of a settings file; `#` and `;` begin a comment line. The last of two equal names holds. */
export function parseSettings(text: string, file: string): Settings {
  const values = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const [, name, value] = linePattern.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined) faults.push(`${file}:${index + 1}: expected KEY=value`);
    else if (name === 'GMAIL_HOME')
      faults.push(`${file}:${index + 1}: GMAIL_HOME names the home that this file is in; set it in the environment`);
    else values.set(name, unquoted(value));
  }
  return { values, faults };
}

/** The settings of a home; none where there is no file. Throws `UNAVAILABLE` for a file that cannot be read. */
export function readSettings(homeFolder: string): Settings {
  const file = settingsFile(homeFolder);
  try {
    return parseSettings(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const code = systemCode(error);
    // A home that is no folder is said where it is filled.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { values: new Map(), faults: [] };
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

/**
 * The environment over the settings of the home, which stand below it. Throws `INVALID_INPUT` naming every line of the
 * file that is not understood: a misspelled limit must not be silently ignored.
 */
export function withSettings(environment: Environment, homeFolder: string): Environment {
  const { values, faults } = readSettings(homeFolder);
  if (faults.length > 0) {
    throw new AppError('INVALID_INPUT', `${settingsFile(homeFolder)} is not usable.`, {
      faults,
      hint: 'Correct the lines named; `gmail-llm config list` shows what holds.',
    });
  }
  return { ...Object.fromEntries(values), ...ownEnvironment(environment) };
}
