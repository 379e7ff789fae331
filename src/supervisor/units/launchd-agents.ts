import { resolve } from 'node:path';
import type { LogConfiguration, ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { UnitFile, UnitProgram } from './unit-program.ts';

/** What a property list holds here. */
type Property = string | number | boolean | readonly string[] | { readonly [key: string]: Property };

/** Characters that XML 1.0 has no way to write. */
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

function escaped(text: string): string {
  return text.replaceAll(unwritable, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function xmlOf(value: Property, indent: string): string {
  if (typeof value === 'string') return `${indent}<string>${escaped(value)}</string>\n`;
  if (typeof value === 'number') return `${indent}<integer>${value}</integer>\n`;
  if (typeof value === 'boolean') return `${indent}<${value}/>\n`;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `${indent}<array>\n${value.map((item: string) => xmlOf(item, inner)).join('')}${indent}</array>\n`;
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}<key>${escaped(key)}</key>\n${xmlOf(item, inner)}`,
  );
  return `${indent}<dict>\n${entries.join('')}${indent}</dict>\n`;
}

/** Without a file launchd throws away what is written. */
function pathOf({ target }: LogConfiguration): string | undefined {
  return target.kind === 'file' ? resolve(target.path) : undefined;
}

/** launchd knows no exit codes but 0 and others. */
function keepAlive({ autorestart }: ProcessConfiguration): Property | undefined {
  switch (autorestart) {
    case 'always':
      return true;
    case 'unexpected':
      return { SuccessfulExit: false };
    case 'never':
      return undefined;
    default:
      return autorestart satisfies never;
  }
}

function agentOf({ name, configuration, words, environment }: UnitProgram): UnitFile {
  const label = `gmail-llm.${name}`;
  const stdout = pathOf(configuration.stdout);
  const stderr = configuration.redirectStderr ? stdout : pathOf(configuration.stderr);
  const alive = keepAlive(configuration);
  const properties: Property = {
    Label: label,
    ProgramArguments: words,
    ...(configuration.directory === undefined ? {} : { WorkingDirectory: resolve(configuration.directory) }),
    EnvironmentVariables: environment,
    ...(configuration.umask === undefined ? {} : { Umask: configuration.umask }),
    RunAtLoad: configuration.autostart,
    ...(alive === undefined ? {} : { KeepAlive: alive }),
    ThrottleInterval: 1,
    ExitTimeOut: configuration.stopWaitSeconds,
    ...(stdout === undefined ? {} : { StandardOutPath: stdout }),
    ...(stderr === undefined ? {} : { StandardErrorPath: stderr }),
  };
  return {
    name: `${label}.plist`,
    content: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${xmlOf(properties, '')}</plist>
`,
  };
}

/**
 * Property lists for `~/Library/LaunchAgents`, one for each program. A socket of launchd cannot be taken over without
 * native code, so that each program opens its port itself.
 */
export function launchdAgents(programs: readonly UnitProgram[]): readonly UnitFile[] {
  return programs.map(agentOf);
}
