import { faultCodes } from '../control/faults.ts';
import { namespec, splitNamespec } from '../control/namespec.ts';
import { asList, asProcess, asStruct, numberOf, textOf } from './answers.ts';
import { explainLogEnd } from './explain-log-end.ts';
import {
  act,
  exitCodeOf,
  explainFailure,
  lineFor,
  refuse,
  startAction,
  stopAction,
  type Outcome,
} from './process-verbs.ts';
import { FaultAnswer } from '../../core/supervisor/rpc-client.ts';
import { exitCodes, type Verb, type VerbContext } from './verb.ts';

const usage = [
  'restart <name>\t\tRestart a process',
  'restart <gname>:*\tRestart all processes in a group',
  'restart <name> <name>\tRestart multiple processes or groups',
  'restart all\t\tRestart all processes',
  'Note: restart does not reread config files. For that, see reread and update.',
];

/** What became of one process in a restart. */
interface Restarted extends Outcome {
  readonly rank: number;
  readonly wasActive: boolean;
  /** It failed, and the process from before serves on. */
  readonly isKept: boolean;
  /** Whether it was named itself, so that a process which did not run is worth a word. */
  readonly isNamed: boolean;
}

/** What became of everything that `name` means, or the line for a name that means nothing. */
async function restarted({ client }: VerbContext, name: string): Promise<readonly Restarted[] | string> {
  const wanted = splitNamespec(name);
  const isNamed = name !== 'all' && wanted.name !== undefined;
  const shown = namespec(wanted.group, wanted.name ?? '*');
  try {
    const answer =
      name === 'all'
        ? await client.call('gmail_llm.restartAllProcesses')
        : await client.call('gmail_llm.restartProcess', name);
    return asList(answer)
      .map(asStruct)
      .map((result) => ({
        name: isNamed ? shown : namespec(textOf(result, 'group'), textOf(result, 'name')),
        status: numberOf(result, 'status'),
        text: textOf(result, 'description'),
        rank: numberOf(result, 'rank'),
        wasActive: result.wasActive === true,
        isKept: result.isKept === true,
        isNamed,
      }));
  } catch (error) {
    if (!(error instanceof FaultAnswer) || error.code !== faultCodes.BAD_NAME) throw error;
    return isNamed ? `${shown}: ERROR (no such process)` : `${wanted.group}: ERROR (no such group)`;
  }
}

/** Prints what supervisorctl says of a stop and a start of all, in its order: stops descending, then starts. */
async function tell(context: VerbContext, outcomes: readonly (readonly Restarted[] | string)[]): Promise<number> {
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') context.print(outcome);
    else {
      for (const { name, wasActive, isKept, isNamed } of outcome.toSorted((a, b) => b.rank - a.rank)) {
        if (wasActive && !isKept) context.print(`${name}: ${stopAction.success}`);
        else if (!wasActive && isNamed) context.print(`${name}: ERROR (not running)`);
      }
    }
  }
  let exitCode: number = exitCodes.success;
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') {
      context.print(outcome);
      exitCode = outcome.endsWith('group)') ? startAction.unknownGroup : exitCodes.generic;
      continue;
    }
    for (const process of outcome) {
      context.print(lineFor(startAction, process));
      if (process.status === faultCodes.SUCCESS) continue;
      exitCode = exitCodeOf(process.status);
      if (process.isKept) {
        const info = asProcess(await context.client.call('supervisor.getProcessInfo', process.name));
        await explainLogEnd(context, info, process.text.replace(/^\w+: /, ''));
      } else await explainFailure(context, process);
    }
  }
  return exitCode;
}

export const restartVerb: Verb = {
  usage,
  run: async (context) => {
    const { words } = context;
    if (words.length === 0) return refuse(context, 'Error: restart requires a process name', usage, exitCodes.generic);
    try {
      const outcomes: (readonly Restarted[] | string)[] = [];
      for (const name of words.includes('all') ? ['all'] : words) outcomes.push(await restarted(context, name));
      return await tell(context, outcomes);
    } catch (error) {
      if (!(error instanceof FaultAnswer) || error.code !== faultCodes.UNKNOWN_METHOD) throw error;
    }
    // The real supervisord: as its own client does it.
    const stopped = await act(context, stopAction, words);
    return (await act(context, startAction, words)) || stopped;
  },
};
