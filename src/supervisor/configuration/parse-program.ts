import { configurationError } from './configuration-error.ts';
import { expandFormat, type Expansions } from './expand-format.ts';
import type { SectionReader } from './section-reader.ts';
import { parseKeyValuePairs } from './split-words.ts';
import type { ExtraConfiguration, LogConfiguration, ProcessConfiguration } from './supervisor-configuration.ts';
import {
  integerFrom,
  readAutoRestart,
  readBoolean,
  readByteSize,
  readExitCodes,
  readInteger,
  readListenAddress,
  readLogTarget,
  readName,
  readOctal,
  readProbeUrl,
  readSignal,
  readUser,
} from './values.ts';

const channels = ['stdout', 'stderr'] as const;
type Channel = (typeof channels)[number];

/** Keys of supervisord that are read, so that they are checked and shown, but that change nothing here. */
const idleKeys: ReadonlySet<string> = new Set(
  channels.flatMap((channel) => [`${channel}_capture_maxbytes`, `${channel}_events_enabled`, `${channel}_syslog`]),
);

const activeKeys: ReadonlySet<string> = new Set([
  'command',
  'process_name',
  'numprocs',
  'numprocs_start',
  'directory',
  'umask',
  'user',
  'priority',
  'autostart',
  'autorestart',
  'startsecs',
  'startretries',
  'exitcodes',
  'stopsignal',
  'stopwaitsecs',
  'stopasgroup',
  'killasgroup',
  'redirect_stderr',
  'environment',
  'serverurl',
  ...channels.flatMap((channel) => [`${channel}_logfile`, `${channel}_logfile_maxbytes`, `${channel}_logfile_backups`]),
]);

/** Our own keys. */
export const extraKeys: ReadonlySet<string> = new Set([
  'x_listen',
  'x_ready_url',
  'x_ready_timeout',
  'x_live_url',
  'x_live_interval',
  'x_live_timeout',
  'x_live_failures',
  'x_max_rss',
  'x_backoff_max',
]);

/** A sentence for every key that is not acted on. Throws where an `x_` key is not one of ours: it is misspelt. */
function warningsOf(section: SectionReader): readonly string[] {
  const warnings: string[] = [];
  for (const key of section.keys) {
    if (activeKeys.has(key) || extraKeys.has(key)) continue;
    if (key.startsWith('x_')) {
      throw configurationError(section.place(key), `one of ${[...extraKeys].join(', ')} in [${section.name}]`, key);
    }
    const why = idleKeys.has(key) ? 'is a key of supervisord that is not acted on' : 'is not a known key';
    warnings.push(`${key} in [${section.name}] ${why}.`);
  }
  return warnings;
}

function readLog(section: SectionReader, channel: Channel, expansions: Expansions): LogConfiguration {
  const key = `${channel}_logfile`;
  // supervisord expands this one value twice.
  const path = section.text(key, expansions, 2) ?? 'auto';
  return {
    target: section.convert(key, path, readLogTarget),
    maximumBytes: section.value(`${key}_maxbytes`, expansions, readByteSize, 50 * 1024 ** 2),
    backups: section.value(`${key}_backups`, expansions, readInteger, 10),
    captureMaximumBytes: section.value(`${channel}_capture_maxbytes`, expansions, readByteSize, 0),
    eventsEnabled: section.value(`${channel}_events_enabled`, expansions, readBoolean, false),
    syslog: section.value(`${channel}_syslog`, expansions, readBoolean, false),
  };
}

/** An address that can be asked: where the system chooses the port (0), nobody knows it. */
function readCheckableUrl(text: string): string | undefined {
  const url = readProbeUrl(text);
  return new URL(url).port === '0' ? undefined : url;
}

function readExtra(section: SectionReader, expansions: Expansions): ExtraConfiguration {
  const listen = section.value('x_listen', expansions, readListenAddress, undefined);
  const readyUrl = section.value('x_ready_url', expansions, readCheckableUrl, undefined);
  const liveUrl = section.value('x_live_url', expansions, readCheckableUrl, undefined);
  return {
    ...(listen === undefined ? {} : { listen }),
    ...(readyUrl === undefined ? {} : { readyUrl }),
    readyTimeoutSeconds: section.value('x_ready_timeout', expansions, integerFrom(1), 30),
    ...(liveUrl === undefined ? {} : { liveUrl }),
    liveIntervalSeconds: section.value('x_live_interval', expansions, integerFrom(1), 10),
    liveTimeoutSeconds: section.value('x_live_timeout', expansions, integerFrom(1), 5),
    liveFailures: section.value('x_live_failures', expansions, integerFrom(1), 3),
    maximumRssBytes: section.value('x_max_rss', expansions, readByteSize, 0),
    backOffMaximumSeconds: section.value('x_backoff_max', expansions, integerFrom(1), 30),
  };
}

/** The processes of one `[program:x]` section as members of `groupName`, with the warnings it earns. */
export function parseProgram(
  section: SectionReader,
  groupName: string,
  environment: Expansions,
): { readonly processes: readonly ProcessConfiguration[]; readonly warnings: readonly string[] } {
  const programName = section.convert('name', section.name.slice(section.name.indexOf(':') + 1), readName);
  const common: Expansions = { ...environment, program_name: programName, group_name: groupName };
  const value = <T>(key: string, read: (text: string) => T, fallback: T): T =>
    section.value(key, common, read, fallback);

  const stopAsGroup = value('stopasgroup', readBoolean, false);
  const killAsGroup = value('killasgroup', readBoolean, stopAsGroup);
  if (stopAsGroup && !killAsGroup) {
    throw configurationError(
      section.place('killasgroup'),
      `killasgroup=true in [${section.name}], as stopasgroup is true`,
      'false',
    );
  }
  const user = section.value('user', common, readUser, undefined);
  const umask = section.value('umask', common, readOctal, undefined);
  const serverUrl = section.text('serverurl', common);
  const shared = {
    priority: value('priority', readInteger, 999),
    autostart: value('autostart', readBoolean, true),
    autorestart: value('autorestart', readAutoRestart, 'unexpected'),
    startSeconds: value('startsecs', readInteger, 1),
    startRetries: value('startretries', readInteger, 3),
    stopSignal: value('stopsignal', readSignal, 15),
    stopWaitSeconds: value('stopwaitsecs', readInteger, 10),
    stopAsGroup,
    killAsGroup,
    exitCodes: value('exitcodes', readExitCodes, [0]),
    redirectStderr: value('redirect_stderr', readBoolean, false),
    ...(user === undefined ? {} : { user }),
    ...(umask === undefined ? {} : { umask }),
    ...(serverUrl === undefined || isAutomatic(serverUrl) ? {} : { serverUrl }),
  };

  const count = value('numprocs', readInteger, 1);
  const first = value('numprocs_start', readInteger, 0);
  const nameFormat = section.raw('process_name') ?? '%(program_name)s';
  if (count > 1 && !nameFormat.includes('%(process_num)')) {
    throw configurationError(
      section.place('process_name'),
      `process_name in [${section.name}] with %(process_num)d in it, as numprocs is over 1`,
      nameFormat,
    );
  }

  const processes: ProcessConfiguration[] = [];
  for (let number = first; number < first + count; number++) {
    const numbered: Expansions = { ...common, process_num: number, numprocs: count };
    const environmentOfProgram = section.convert(
      'environment',
      section.text('environment', numbered) ?? '',
      parseKeyValuePairs,
    );
    const expansions = { ...numbered, ...environmentExpansions(environmentOfProgram) };
    const command = section.text('command', expansions);
    if (command === undefined)
      throw configurationError(section.place('command'), `a command in [${section.name}]`, 'none');
    const directory = section.text('directory', expansions);
    const stderr = readLog(section, 'stderr', expansions);
    processes.push({
      ...shared,
      name: section.convert('process_name', nameFormat, (format) => readName(expandFormat(format, expansions))),
      command,
      ...(directory === undefined ? {} : { directory }),
      stdout: readLog(section, 'stdout', expansions),
      stderr: shared.redirectStderr ? { ...stderr, target: { kind: 'none' } } : stderr,
      environment: environmentOfProgram,
      extra: readExtra(section, expansions),
    });
  }
  return { processes, warnings: warningsOf(section) };
}

function isAutomatic(serverUrl: string): boolean {
  return serverUrl.trim().toUpperCase() === 'AUTO';
}

/** Variables as `%(ENV_X)s` finds them. */
export function environmentExpansions(environment: Readonly<Record<string, string | undefined>>): Expansions {
  const expansions: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) expansions[`ENV_${name}`] = value;
  return expansions;
}
