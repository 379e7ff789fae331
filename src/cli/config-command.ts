import {
  isSecretVariable,
  isVariable,
  portVariables,
  sharedVariables,
  variableFault,
  variables,
  type VariableName,
} from '../core/variables.ts';
import { checkConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { inspectConfiguration } from '../core/read-configuration.ts';
import { requireStoreOfServers, runningEnvironment, shownEnvironment } from '../core/running-environment.ts';
import { readSharedSettings } from '../core/shared-settings.ts';
import { ownEnvironment, readSettings, type Environment } from '../core/settings.ts';
import { showVariables, type ShownVariable } from '../core/variable-origin.ts';
import type { CommandContext } from './command.ts';
import { meantHint } from '../core/did-you-mean.ts';
import { changeSharedSetting, fetchSharedSettings } from './shared-settings.ts';
import { wordOrInput } from './word-or-input.ts';
import { writeSettings } from './write-settings.ts';

const form = 'list [--json], get NAME, set NAME VALUE|- [--shared] or unset NAME [--shared]';

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

const isShared = (name: string): boolean => sharedVariables.some((each) => each === name);

/** What all hosts share; while the store is away, as this home last read it, which is said. */
async function sharedSettings(context: CommandContext): Promise<ReadonlyMap<string, string>> {
  const { environment, home, stderr } = context;
  try {
    requireStoreOfServers(home.runFolder, context.shell, environment);
    if ((environment.GMAIL_STORE ?? '') === '') return new Map();
    return (await fetchSharedSettings(context)).values;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const shown = (environment.GMAIL_STORE ?? '') === '' ? 'not shown' : 'shown as this home last read it';
    stderr.write(`gmail-llm: ${error.message} What all hosts share is ${shown}.\n`);
    return readSharedSettings(home.folder, environment.GMAIL_STORE).values;
  }
}

/** The rows of all variables, or of one. */
async function shownVariables(context: CommandContext, wanted?: VariableName): Promise<readonly ShownVariable[]> {
  const { home, shell } = context;
  const { values } = readSettings(home.folder);
  const servers = shownEnvironment(home.runFolder);
  const shared = wanted === undefined || isShared(wanted) ? await sharedSettings(context) : new Map<string, string>();
  const rows = showVariables({ environment: shell, servers, settings: values, shared });
  return rows.filter(({ name }) => wanted === undefined || name === wanted);
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

/** Throws `INVALID_INPUT` where the value does not fit, or makes a fault with the others that hold with it. */
function refuseMisfit(others: Environment, name: VariableName, value: string): void {
  const fault = variableFault(name, value);
  if (fault !== undefined) {
    const got = isSecretVariable(name) ? 'something else' : value;
    throw new AppError('INVALID_INPUT', `${name} cannot be that.`, { field: name, expected: fault, got });
  }
  // A file with two faults is corrected one after the other.
  const before = new Set(checkConfiguration(others).faults);
  const after = checkConfiguration({ ...others, [name]: value }).faults;
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
  if (value !== undefined) refuseMisfit(Object.fromEntries(values), variableNamed(word), value);
  writeSettings(home.folder, name, value);
  stdout.write(applyHint(context, name));
  return 0;
}

/** The same for all hosts of the store. A name that a newer version has set there can be taken out, too. */
async function changeShared(
  context: CommandContext,
  word: string | undefined,
  value: string | undefined,
): Promise<number> {
  const { environment, home, shell, stdout } = context;
  requireStoreOfServers(home.runFolder, shell, environment);
  const name = await changeSharedSetting(context, value, (held) => {
    if (value === undefined && word !== undefined && held.has(word)) return word;
    const variable = variableNamed(word);
    if (!isShared(variable)) {
      throw new AppError('INVALID_INPUT', `${variable} belongs to each host.`, {
        field: 'NAME',
        expected: sharedVariables.join(', '),
        got: variable,
        hint: `Without --shared it is set for this host.`,
      });
    }
    if (value !== undefined) refuseMisfit({ ...environment, ...Object.fromEntries(held) }, variable, value);
    return variable;
  });
  const { values } = readSettings(home.folder);
  const own = ownEnvironment(shell)[name] ?? values.get(name);
  const here = own === undefined ? '' : `On this host ${name} is ${own} by its environment or settings, which win.\n`;
  stdout.write(`${here}The servers of each host take it up after: gmail-llm ctl restart gmail-servers:*\n`);
  return 0;
}

/**
 * `gmail-llm config`: shows every variable with its value and origin, or changes the settings file of the home, or those that
 * all hosts share. Throws `INVALID_INPUT` for other words, an unknown variable, a value that does not fit, `UNAVAILABLE`
 * where the store is to be changed and is away.
 */
export async function runConfig(context: CommandContext): Promise<number> {
  const { stdout, stderr, home, shell } = context;
  const words = context.arguments.filter((word) => word !== '--shared');
  const isForAll = words.length < context.arguments.length;
  const isJson = words.at(-1) === '--json';
  const [verb = 'list', name, value, ...more] = words[0] === '--json' ? ['list', ...words] : words;
  const servers = runningEnvironment(home.runFolder);
  const { faults } = inspectConfiguration({ ...servers, ...ownEnvironment(shell) }, home.folder);
  for (const fault of faults) stderr.write(`gmail-llm: ${fault}\n`);
  if (isForAll && !['set', 'unset'].includes(verb)) {
    throw new AppError('INVALID_INPUT', '`--shared` is for `set` and `unset`.', { expected: form });
  }
  if (verb === 'list' && (name === undefined || (isJson && value === undefined))) {
    const rows = await shownVariables(context);
    stdout.write(isJson ? `${JSON.stringify(rows, undefined, 2)}\n` : tableOf(rows));
    return 0;
  }
  if (verb === 'get' && (value === undefined || (isJson && more.length === 0))) {
    const [row] = await shownVariables(context, variableNamed(name));
    stdout.write(isJson ? `${JSON.stringify(row)}\n` : `${row?.value ?? ''}\n`);
    return 0;
  }
  const changeIt = isForAll ? changeShared : change;
  if (verb === 'set' && value !== undefined && more.length === 0)
    return changeIt(context, name, wordOrInput(value, 'VALUE'));
  if (verb === 'unset' && value === undefined) return changeIt(context, name, undefined);
  throw new AppError('INVALID_INPUT', 'Unexpected argument for `config`.', { expected: form, got: words.join(' ') });
}
