import { faultCodes } from '../control/faults.ts';
import { namespec, splitNamespec } from '../control/namespec.ts';
import { asList, asProcess, asStruct, numberOf, textOf } from './answers.ts';
import { FaultAnswer } from '../../core/supervisor/rpc-client.ts';
import { exitCodes, type Verb, type VerbContext } from './verb.ts';

/** What became of one process. */
export interface Outcome {
  /** As the user wrote it, or `group:name`. */
  readonly name: string;
  readonly status: number;
  readonly text: string;
}

/** A verb on processes: its methods for one, a group and all, and what it says of each outcome. */
interface Action {
  readonly one: string;
  readonly group: string;
  readonly all: string;
  /** Parameters after the name. */
  readonly rest?: readonly string[];
  readonly success: string;
  /** What supervisorctl says of a fault; the name stands before it. */
  readonly faults: Readonly<Record<number, string>>;
  /** A fault that is no failure: what was wanted is so already. */
  readonly harmless?: number;
  /** What a group that does not exist ends with. */
  readonly unknownGroup: number;
}

const {
  BAD_NAME,
  BAD_SIGNAL,
  NO_FILE,
  NOT_EXECUTABLE,
  FAILED,
  ABNORMAL_TERMINATION,
  SPAWN_ERROR,
  ALREADY_STARTED,
  NOT_RUNNING,
  SUCCESS,
} = faultCodes;

/** A start, as supervisorctl tells it. */
export const startAction: Action = {
  one: 'startProcess',
  group: 'startProcessGroup',
  all: 'startAllProcesses',
  success: 'started',
  faults: {
    [BAD_NAME]: 'no such process',
    [NO_FILE]: 'no such file',
    [NOT_EXECUTABLE]: 'file is not executable',
    [ALREADY_STARTED]: 'already started',
    [SPAWN_ERROR]: 'spawn error',
    [ABNORMAL_TERMINATION]: 'abnormal termination',
  },
  harmless: ALREADY_STARTED,
  unknownGroup: exitCodes.invalidArguments,
};

const signalFaults: Action['faults'] = {
  [BAD_NAME]: 'no such process',
  [BAD_SIGNAL]: 'bad signal name',
  [NOT_RUNNING]: 'not running',
};

/** A stop, as supervisorctl tells it. */
export const stopAction: Action = {
  one: 'stopProcess',
  group: 'stopProcessGroup',
  all: 'stopAllProcesses',
  success: 'stopped',
  faults: signalFaults,
  harmless: NOT_RUNNING,
  unknownGroup: exitCodes.generic,
};

/** Faults that mean that the program itself does not run. */
const deadProgramFaults: ReadonlySet<number> = new Set([SPAWN_ERROR, ABNORMAL_TERMINATION, NOT_RUNNING]);

async function outcomesFor(
  context: VerbContext,
  action: Action,
  name: string,
): Promise<readonly Outcome[] | undefined> {
  const { client } = context;
  const rest = action.rest ?? [];
  const isAll = name === 'all';
  const wanted = splitNamespec(name);
  if (isAll || wanted.name === undefined) {
    try {
      const answer = isAll
        ? await client.call(`supervisor.${action.all}`, ...rest)
        : await client.call(`supervisor.${action.group}`, wanted.group, ...rest);
      return asList(answer).map((item) => {
        const result = asStruct(item);
        const text = textOf(result, 'description');
        return {
          name: namespec(textOf(result, 'group'), textOf(result, 'name')),
          status: numberOf(result, 'status'),
          text,
        };
      });
    } catch (error) {
      if (!(error instanceof FaultAnswer) || error.code !== BAD_NAME) throw error;
      context.print(`${wanted.group}: ERROR (no such group)`);
      return undefined;
    }
  }
  const shown = namespec(wanted.group, wanted.name);
  try {
    await client.call(`supervisor.${action.one}`, name, ...rest);
    return [{ name: shown, status: SUCCESS, text: '' }];
  } catch (error) {
    if (!(error instanceof FaultAnswer)) throw error;
    return [{ name: shown, status: error.code, text: error.message }];
  }
}

/** What supervisorctl says of an outcome. */
export function lineFor(action: Action, { name, status, text }: Outcome): string {
  if (status === SUCCESS) return `${name}: ${action.success}`;
  if (status === FAILED && action.faults === signalFaults) return text;
  return `${name}: ERROR (${action.faults[status] ?? text})`;
}

/** Says why a program does not start, beyond supervisorctl's two words. */
export async function explainFailure(context: VerbContext, { name, status, text }: Outcome): Promise<void> {
  if (status === NO_FILE || status === NOT_EXECUTABLE) {
    context.explain(`${name}: ${text.replace(/^\w+: /, '')}; correct command= of its section`);
  } else if (status === SPAWN_ERROR) {
    const info = asProcess(await context.client.call('supervisor.getProcessInfo', name));
    context.explain(`${name}: ${info.description}${info.logFile === '' ? '' : `; its log: ${info.logFile}`}`);
  }
}

/** What a command ends with after a fault. */
export function exitCodeOf(fault: number): number {
  return deadProgramFaults.has(fault) ? exitCodes.notRunning : exitCodes.generic;
}

/** Carries out an action on each name and tells the outcomes; answers the exit code. */
export async function act(context: VerbContext, action: Action, names: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.success;
  for (const name of names.includes('all') ? ['all'] : names) {
    const outcomes = await outcomesFor(context, action, name);
    if (outcomes === undefined) exitCode = action.unknownGroup;
    for (const outcome of outcomes ?? []) {
      context.print(lineFor(action, outcome));
      if (outcome.status === SUCCESS || outcome.status === action.harmless) continue;
      exitCode = exitCodeOf(outcome.status);
      await explainFailure(context, outcome);
    }
  }
  return exitCode;
}

/** Prints a complaint and how the verb is called; answers `exitCode`. */
export function refuse(context: VerbContext, complaint: string, usage: readonly string[], exitCode: number): number {
  for (const line of [complaint, ...usage]) context.print(line);
  return exitCode;
}

const startUsage = [
  'start <name>\t\tStart a process',
  'start <gname>:*\t\tStart all processes in a group',
  'start <name> <name>\tStart multiple processes or groups',
  'start all\t\tStart all processes',
];
const stopUsage = [
  'stop <name>\t\tStop a process',
  'stop <gname>:*\t\tStop all processes in a group',
  'stop <name> <name>\tStop multiple processes or groups',
  'stop all\t\tStop all processes',
];
const signalUsage = [
  'signal <signal name> <name>\t\tSignal a process',
  'signal <signal name> <gname>:*\t\tSignal all processes in a group',
  'signal <signal name> <name> <name>\tSignal multiple processes or groups',
  'signal <signal name> all\t\tSignal all processes',
];
const clearUsage = [
  "clear <name>\t\tClear a process' log files.",
  "clear <name> <name>\tClear multiple process' log files",
  "clear all\t\tClear all process' log files",
];

export const startVerb: Verb = {
  usage: startUsage,
  run: async (context) =>
    context.words.length === 0
      ? refuse(context, 'Error: start requires a process name', startUsage, exitCodes.invalidArguments)
      : act(context, startAction, context.words),
};

export const stopVerb: Verb = {
  usage: stopUsage,
  run: async (context) =>
    context.words.length === 0
      ? refuse(context, 'Error: stop requires a process name', stopUsage, exitCodes.generic)
      : act(context, stopAction, context.words),
};

export const signalVerb: Verb = {
  usage: signalUsage,
  run: async (context) => {
    const [signal, ...names] = context.words;
    if (signal === undefined || names.length === 0) {
      const complaint = 'Error: signal requires a signal name and a process name';
      return refuse(context, complaint, signalUsage, exitCodes.generic);
    }
    const action: Action = {
      one: 'signalProcess',
      group: 'signalProcessGroup',
      all: 'signalAllProcesses',
      rest: [signal],
      success: 'signalled',
      faults: signalFaults,
      unknownGroup: exitCodes.generic,
    };
    // For all, the signal is the only parameter and stands first, as it does after a name.
    return act(context, action, names);
  },
};

export const clearVerb: Verb = {
  usage: clearUsage,
  run: async (context) => {
    if (context.words.length === 0) {
      return refuse(context, 'Error: clear requires a process name', clearUsage, exitCodes.generic);
    }
    const action: Action = {
      one: 'clearProcessLogs',
      group: 'clearProcessLogs',
      all: 'clearAllProcessLogs',
      success: 'cleared',
      faults: { [BAD_NAME]: 'no such process', [FAILED]: 'failed' },
      unknownGroup: exitCodes.generic,
    };
    return act(context, action, context.words);
  },
};
