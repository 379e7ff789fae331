import {
  isSecretVariable,
  isVariable,
  portVariables,
  variableFault,
  variables,
  type VariableName,
} from '../core/variables.ts';
import { checkConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { inspectConfiguration } from '../core/read-configuration.ts';
import { runningEnvironment, shownEnvironment } from '../core/running-environment.ts';
import { ownEnvironment, readSettings } from '../core/settings.ts';
import { showVariables, type ShownVariable } from '../core/variable-origin.ts';
import type { CommandContext } from './command.ts';
import { meantHint } from '../core/did-you-mean.ts';
import { wordOrInput } from './word-or-input.ts';
import { writeSettings } from './write-settings.ts';

const form = 'list [--json], get NAME, set NAME VALUE|- or unset NAME';

/** Variables that a running supervisor has read for good: it holds the sockets. */
const heldBySupervisor: ReadonlySet<string> = new Set(['GMAIL_HOST', ...portVariables]);

function variableNamed(name: string | undefined): VariableName {
  if (name !== undefined && isVariable(name)) return name;
  throw new AppError('INVALID_INPUT', name === undefined ? 'Which variable?' : `There is no variable ${name}.`, {
    field: 'NAME',
    expected: Object.keys(variables).join(', '),
    got: name ?? 'nothing',
    hint: meantHint(name ?? '', Object.keys(variables), '`gmail-llm config list` shows each with its meaning.'),
  });
}

function shownVariables({ home, shell }: CommandContext): readonly ShownVariable[] {
  const { values } = readSettings(home.folder);
  const servers = shownEnvironment(home.runFolder);
  return showVariables({ environment: shell, servers, settings: values });
}

function tableOf(rows: readonly ShownVariable[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, value = '–', origin, meaning }) => {
    const from = origin === 'default' ? '' : ` (${origin})`;
    return `${name.padEnd(width)}  ${value}${from}\n${' '.repeat(width)}  ${meaning}\n`;
  });
  return lines.join('');
}

/** What has to happen before the running servers know. */
function applyHint({ home, shell }: CommandContext, name: string): string {
  const own = ownEnvironment(shell)[name];
  if (own !== undefined) return `The environment of this shell says otherwise, and wins: unset ${name} there.\n`;
  const servers = shownEnvironment(home.runFolder);
  if (servers[name] !== undefined) {
    return `The running servers were started with another value in their environment, which wins: restart them without it.\n`;
  }
  return heldBySupervisor.has(name)
    ? 'Running servers take it up after: gmail-llm ctl shutdown && gmail-llm up\n'
    : 'Running servers take it up after: gmail-llm ctl restart gmail-servers:*\n';
}

/** Throws `INVALID_INPUT` where the value does not fit, or makes a fault with the others of the file. */
function refuseMisfit(settings: ReadonlyMap<string, string>, name: VariableName, value: string): void {
  const fault = variableFault(name, value);
  if (fault !== undefined) {
    const got = isSecretVariable(name) ? 'something else' : value;
    throw new AppError('INVALID_INPUT', `${name} cannot be that.`, { field: name, expected: fault, got });
  }
  // A file with two faults is corrected one after the other.
  const before = new Set(checkConfiguration(Object.fromEntries(settings)).faults);
  const after = checkConfiguration({ ...Object.fromEntries(settings), [name]: value }).faults;
  const faults = after.filter((each) => !before.has(each));
  if (faults.length === 0) return;
  throw new AppError('INVALID_INPUT', `${name} cannot be that with the other settings.`, { field: name, faults });
}

/** Sets one variable, or takes it out; a name that is not known too, as it has to come out of the file again. */
function change(context: CommandContext, word: string | undefined, value: string | undefined): number {
  const { home, stdout } = context;
  const { values, places } = readSettings(home.folder);
  const isInFile = value === undefined && word !== undefined && places.has(word);
  const name = isInFile ? word : variableNamed(word);
  if (value !== undefined) refuseMisfit(values, variableNamed(word), value);
  writeSettings(home.folder, name, value);
  stdout.write(applyHint(context, name));
  return 0;
}

/**
 * `gmail-llm config`: shows every variable with its value and origin, or changes the settings file of the home.
 * Throws `INVALID_INPUT` for other words, an unknown variable, a value that does not fit.
 */
export async function runConfig(context: CommandContext): Promise<number> {
  const { arguments: words, stdout, stderr, home, shell } = context;
  const isJson = words.at(-1) === '--json';
  const [verb = 'list', name, value, ...more] = words[0] === '--json' ? ['list', ...words] : words;
  const servers = runningEnvironment(home.runFolder);
  const { faults } = inspectConfiguration({ ...servers, ...ownEnvironment(shell) }, home.folder);
  for (const fault of faults) stderr.write(`gmail-llm: ${fault}\n`);
  if (verb === 'list' && (name === undefined || (isJson && value === undefined))) {
    const rows = shownVariables(context);
    stdout.write(isJson ? `${JSON.stringify(rows, undefined, 2)}\n` : tableOf(rows));
    return 0;
  }
  if (verb === 'get' && (value === undefined || (isJson && more.length === 0))) {
    const wanted = variableNamed(name);
    const row = shownVariables(context).find((each) => each.name === wanted);
    stdout.write(isJson ? `${JSON.stringify(row)}\n` : `${row?.value ?? ''}\n`);
    return 0;
  }
  if (verb === 'set' && value !== undefined && more.length === 0)
    return change(context, name, wordOrInput(value, 'VALUE'));
  if (verb === 'unset' && value === undefined) return change(context, name, undefined);
  throw new AppError('INVALID_INPUT', 'Unexpected argument for `config`.', { expected: form, got: words.join(' ') });
}
