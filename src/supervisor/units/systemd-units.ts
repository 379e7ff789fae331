import { isIPv4, isIPv6 } from 'node:net';
import { join, resolve, sep } from 'node:path';
import { packageFolder } from '../../core/home.ts';
import type { LogConfiguration, ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import { signalName } from '../process/signals.ts';
import { sandboxOf, type Sandbox, type UnitEntry } from './sandbox.ts';
import type { UnitFile, UnitProgram } from './unit-program.ts';

type Entry = UnitEntry;

/** Who runs the services, and what they are kept from. */
interface ServiceOptions {
  /** Whose services of the whole system they are, a name or a number; undefined for services of a user's own. */
  readonly user?: string | undefined;
  readonly sandbox: Sandbox;
}

/** So long systemd counts starts, in seconds: more than `startretries` in that time, and it gives up. */
const startWindowSeconds = 60;

/** Signals whose death systemd takes for a clean end (systemd.service(5)), and supervisord does not. */
const cleanSignals = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** `%` begins a specifier in every value of a unit. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A word as systemd.syntax(7) quotes it. */
function quoted(text: string): string {
  const plain = escaped(text);
  if (/^[\w@/.:=,+%-]+$/.test(plain)) return plain;
  return `"${plain
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`)}"`;
}

function section(name: string, entries: readonly Entry[]): string {
  return `[${name}]\n${entries.map(([key, value]) => `${key}=${value}\n`).join('')}`;
}

function outputOf({ target }: LogConfiguration): string {
  switch (target.kind) {
    case 'file':
      return `append:${escaped(resolve(target.path))}`;
    case 'none':
      return 'null';
    case 'auto':
      return 'journal';
    default:
      return target satisfies never;
  }
}

function restartEntries({ autorestart, exitCodes }: ProcessConfiguration): readonly Entry[] {
  switch (autorestart) {
    case 'always':
      return [['Restart', 'always']];
    case 'never':
      return [['Restart', 'no']];
    case 'unexpected': {
      const expected = exitCodes.filter((code) => code !== 0);
      const forced = [...(exitCodes.includes(0) ? [] : ['0']), ...cleanSignals];
      return [
        ['Restart', 'on-failure'],
        ...(expected.length === 0 ? [] : ([['SuccessExitStatus', expected.join(' ')]] as const)),
        ['RestartForceExitStatus', forced.join(' ')],
      ];
    }
    default:
      return autorestart satisfies never;
  }
}

/** The address of its socket unit, which takes numbers only; undefined where the program has to listen by itself. */
function listenStreamOf({ extra: { listen } }: ProcessConfiguration): string | undefined {
  if (listen === undefined) return undefined;
  const { host, port } = listen;
  if (isIPv6(host)) return `[${host}]:${port}`;
  if (isIPv4(host)) return `${host}:${port}`;
  return host === 'localhost' ? `127.0.0.1:${port}` : undefined;
}

/** Whether it is a server of this package: what others need to write, a user's own manager cannot know. */
function isOwnProgram(words: readonly string[]): boolean {
  const folder = join(packageFolder(), 'bin', sep);
  return words.some((word) => word.startsWith(folder));
}

function serviceOf(
  { name, configuration, words, environment, settingsFile, startsAfter }: UnitProgram,
  { user: systemUser, sandbox }: ServiceOptions,
): UnitFile {
  const { extra, user, directory, umask } = configuration;
  const socket = listenStreamOf(configuration) === undefined ? [] : [`${name}.socket`];
  const after = [...startsAfter.map((other) => `${other}.service`), ...socket];
  const unit: readonly Entry[] = [
    ['Description', escaped(name)],
    ...(after.length === 0 ? [] : ([['After', after.join(' ')]] as const)),
    ...(socket.length === 0 ? [] : ([['Requires', socket.join(' ')]] as const)),
    ['StartLimitIntervalSec', startWindowSeconds],
    ['StartLimitBurst', configuration.startRetries + 1],
  ];
  const stdout = outputOf(configuration.stdout);
  const service: readonly Entry[] = [
    ['Type', 'exec'],
    ...(systemUser === undefined ? [] : ([['User', systemUser]] as const)),
    // `$` would name a variable here.
    ['ExecStart', words.map((word) => quoted(word.replaceAll('$', '$$$$'))).join(' ')],
    ...(directory === undefined ? [] : ([['WorkingDirectory', escaped(resolve(directory))]] as const)),
    ['EnvironmentFile', `-${escaped(settingsFile)}`],
    ...Object.entries(environment).map(([key, value]) => ['Environment', quoted(`${key}=${value}`)] as const),
    ...restartEntries(configuration),
    ['RestartSec', 1],
    ['KillSignal', signalName(configuration.stopSignal)],
    ['KillMode', configuration.stopAsGroup ? 'control-group' : 'mixed'],
    ['TimeoutStopSec', configuration.stopWaitSeconds],
    ...(extra.maximumRssBytes > 0 ? ([['MemoryMax', extra.maximumRssBytes]] as const) : []),
    ['StandardOutput', stdout],
    ['StandardError', configuration.redirectStderr ? stdout : outputOf(configuration.stderr)],
    ...(systemUser === undefined && !isOwnProgram(words)
      ? []
      : sandboxOf({ ...sandbox, writableFolder: escaped(sandbox.writableFolder) })),
    // After that of the sandbox, as the last one holds.
    ...(umask === undefined ? [] : ([['UMask', umask.toString(8).padStart(4, '0')]] as const)),
  ];
  const parts = [
    ...(user === undefined || systemUser !== undefined
      ? []
      : [`# The program has user= (uid ${user.uid}): enable this unit as that user.\n`]),
    section('Unit', unit),
    section('Service', service),
    ...(configuration.autostart
      ? [section('Install', [['WantedBy', systemUser === undefined ? 'default.target' : 'multi-user.target']])]
      : []),
  ];
  return { name: `${name}.service`, content: parts.join('\n') };
}

function socketOf({ name, configuration }: UnitProgram, listenStream: string): UnitFile {
  const parts = [
    section('Unit', [['Description', `Address of ${escaped(name)}`]]),
    section('Socket', [
      ['ListenStream', listenStream],
      ['NoDelay', 'true'],
    ]),
    ...(configuration.autostart ? [section('Install', [['WantedBy', 'sockets.target']])] : []),
  ];
  return { name: `${name}.socket`, content: parts.join('\n') };
}

/**
 * A service for each program and, where it has `x_listen`, the socket that activates it: for `systemctl --user`, or with
 * `user` for the system's manager.
 */
export function systemdUnits(programs: readonly UnitProgram[], options: ServiceOptions): readonly UnitFile[] {
  return programs.flatMap((program) => {
    const listenStream = listenStreamOf(program.configuration);
    return [serviceOf(program, options), ...(listenStream === undefined ? [] : [socketOf(program, listenStream)])];
  });
}
