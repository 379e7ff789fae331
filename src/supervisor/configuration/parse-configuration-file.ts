import { globSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { configurationError } from './configuration-error.ts';
import type { Expansions } from './expand-format.ts';
import { environmentExpansions, parseProgram } from './parse-program.ts';
import { readIni, type IniDocument } from './read-ini.ts';
import { sectionReader, type SectionReader } from './section-reader.ts';
import { parseKeyValuePairs } from './split-words.ts';
import type { GroupConfiguration, SocketConfiguration, SupervisorConfiguration } from './supervisor-configuration.ts';
import {
  readByteSize,
  readExistingFolder,
  readFilePath,
  readInteger,
  readList,
  readName,
  readOctal,
} from './values.ts';

/** Where a configuration file comes from and what stands in for what it leaves out. */
export interface ConfigurationSource {
  readonly file: string;
  /** What `%(ENV_X)s` finds. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly defaults: { readonly logFile: string; readonly pidFile: string };
}

const activeSupervisordKeys: ReadonlySet<string> = new Set([
  'logfile',
  'logfile_maxbytes',
  'logfile_backups',
  'loglevel',
  'pidfile',
  'identifier',
  'childlogdir',
  'environment',
  'nodaemon',
]);
const activeSocketKeys: ReadonlySet<string> = new Set(['file', 'chmod', 'username', 'password']);
/** Sections that belong to other readers of the same file. */
const foreignSections = /^(?:supervisorctl|include|DEFAULT|rpcinterface:.*|ctlplugin:.*)$/;

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT';
    throw new AppError(
      missing ? 'NOT_FOUND' : 'UNAVAILABLE',
      missing ? `There is no configuration file ${file}.` : `${file} cannot be read: ${messageOf(error)}.`,
      { hint: 'Name the folder that holds supervisord.conf in GMAIL_HOME, or start in an empty home to get one.' },
      error,
    );
  }
}

/** Reads the file and what its `[include]` names: one level, patterns relative to the file, in order of their names. */
function readDocument(file: string, expansions: Expansions, warnings: string[]): IniDocument {
  const document: IniDocument = new Map();
  readIni(readText(file), file, document);
  const section = document.get('include');
  if (section === undefined) return document;
  const files = sectionReader(document, 'include', section).text('files', expansions);
  if (files === undefined) throw configurationError(section, 'files= in [include]', 'none');
  for (const pattern of files.split(/\s+/).filter((word) => word !== '')) {
    const path = resolve(dirname(file), pattern);
    const matches = globSync(path).toSorted();
    if (matches.length === 0) warnings.push(`No file matches "${path}" in [include].`);
    for (const match of matches) readIni(readText(match), match, document);
  }
  return document;
}

const logLevels: Readonly<Record<string, SupervisorConfiguration['logLevel']>> = {
  critical: 'error',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
  blather: 'debug',
};

function readLogLevel(text: string): SupervisorConfiguration['logLevel'] {
  const level = logLevels[text.toLowerCase()];
  if (level === undefined) throw new Error(`one of ${Object.keys(logLevels).join(', ')}`);
  return level;
}

function readSocket(document: IniDocument, expansions: Expansions): SocketConfiguration | undefined {
  const place = document.get('unix_http_server');
  if (place === undefined) return undefined;
  const section = sectionReader(document, 'unix_http_server', place);
  const file = section.value('file', expansions, (text) => readFilePath(text.trim()), undefined);
  if (file === undefined) throw configurationError(place, 'file= in [unix_http_server]', 'none');
  const username = section.text('username', expansions);
  const password = section.text('password', expansions);
  if ((username === undefined) !== (password === undefined)) {
    throw configurationError(place, 'both username= and password= in [unix_http_server], or neither', 'one of them');
  }
  return {
    path: resolve(file),
    // supervisord's default is 0700; a socket is not executed, so ours is 0600.
    mode: section.value('chmod', expansions, readOctal, 0o600),
    ...(username === undefined || password === undefined ? {} : { credentials: { username, password } }),
  };
}

/** Ascending by priority, then by name. */
function inOrder<T extends { readonly priority: number; readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function readGroups(document: IniDocument, environment: Expansions, warnings: string[]): readonly GroupConfiguration[] {
  const groups: GroupConfiguration[] = [];
  const grouped = new Set<string>();

  const addGroup = (group: SectionReader, programs: readonly string[]): void => {
    const name = group.convert('name', group.name.slice(group.name.indexOf(':') + 1), readName);
    const processes = programs.flatMap((program) => {
      const place = document.get(program);
      if (place === undefined) {
        throw configurationError(
          group.place('programs'),
          `programs in [${group.name}] that have a section of their own`,
          program.slice('program:'.length),
        );
      }
      const parsed = parseProgram(sectionReader(document, program, place), name, environment);
      warnings.push(...parsed.warnings);
      return parsed.processes;
    });
    const priority = group.value('priority', environment, readInteger, 999);
    groups.push({ name, priority, processes: inOrder(processes) });
  };

  for (const [name, section] of document) {
    if (!name.startsWith('group:')) continue;
    const group = sectionReader(document, name, section);
    const programs = group.value('programs', environment, readList, []).map((program) => `program:${program}`);
    for (const program of programs) grouped.add(program);
    addGroup(group, programs);
  }
  for (const [name, section] of document) {
    if (name.startsWith('program:') && !grouped.has(name)) addGroup(sectionReader(document, name, section), [name]);
  }
  return inOrder(groups);
}

/**
 * Reads a `supervisord.conf` as supervisord 4.2 does: the same syntax, expansions, defaults and checks; our own keys
 * begin with `x_`. What is read and not acted on is named in `warnings`.
 *
 * Throws `INVALID_INPUT` with the file, the line and what was expected, `NOT_FOUND` when there is no such file, and
 * `UNAVAILABLE` when it cannot be read.
 */
export function parseConfigurationFile({ file, environment, defaults }: ConfigurationSource): SupervisorConfiguration {
  const path = resolve(file);
  const warnings: string[] = [];
  const base: Expansions = { ...environmentExpansions(environment), here: dirname(path), host_node_name: hostname() };
  const document = readDocument(path, base, warnings);

  const place = document.get('supervisord');
  if (place === undefined) throw configurationError({ file: path, line: 1 }, 'a section [supervisord]', 'none');
  const main = sectionReader(document, 'supervisord', place);
  const sharedEnvironment = main.convert('environment', main.text('environment', base) ?? '', parseKeyValuePairs);
  const expansions: Expansions = { ...base, ...environmentExpansions(sharedEnvironment) };

  for (const [name, section] of document) {
    if (name === 'supervisord' || name === 'unix_http_server') {
      const active = name === 'supervisord' ? activeSupervisordKeys : activeSocketKeys;
      for (const key of section.entries.keys()) {
        if (!active.has(key)) warnings.push(`${key} in [${name}] is not acted on.`);
      }
    } else if (!/^(?:program|group):/.test(name) && !foreignSections.test(name)) {
      warnings.push(`The section [${name}] is not acted on.`);
    }
  }

  const value = <T>(key: string, read: (text: string) => T, fallback: T): T => main.value(key, base, read, fallback);
  const settings = {
    logFile: resolve(value('logfile', readFilePath, defaults.logFile)),
    logMaximumBytes: value('logfile_maxbytes', readByteSize, 50 * 1024 ** 2),
    logBackups: value('logfile_backups', readInteger, 10),
    logLevel: value('loglevel', readLogLevel, 'info'),
    pidFile: resolve(value('pidfile', readFilePath, defaults.pidFile)),
    identifier: main.text('identifier', base) ?? 'supervisor',
    childLogFolder: value('childlogdir', readExistingFolder, tmpdir()),
  };
  const socket = readSocket(document, expansions);
  const groups = readGroups(document, expansions, warnings).map((group) => ({
    ...group,
    processes: group.processes.map((process) => ({
      ...process,
      environment: { ...sharedEnvironment, ...process.environment },
    })),
  }));
  return { ...settings, ...(socket === undefined ? {} : { socket }), groups, warnings };
}
