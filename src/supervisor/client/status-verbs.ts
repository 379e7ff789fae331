import { hostname } from 'node:os';
import { faultCodes } from '../control/faults.ts';
import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';
import { namespec, splitNamespec } from '../control/namespec.ts';
import { asList, asProcess, asStruct, numberOf, textOf, type ProcessAnswer } from './answers.ts';
import { FaultAnswer, NoSupervisor } from '../../core/supervisor/rpc-client.ts';
import { explainLogEnd } from './explain-log-end.ts';
import { exitCodes, type Verb, type VerbContext } from './verb.ts';

/** The name column is at least this wide, and so many spaces follow the longest name. */
const nameColumn = 30;
const columnGap = 3;

const stoppedStates = ['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'];

/** Every process, with our figures where the supervisor is ours. */
async function allProcesses({ client, isJson }: VerbContext): Promise<readonly ProcessAnswer[]> {
  const method = isJson ? 'gmail_llm.getAllProcessStatus' : 'supervisor.getAllProcessInfo';
  return asList(await client.call(method)).map(asProcess);
}

function matches(processes: readonly ProcessAnswer[], text: string): readonly ProcessAnswer[] {
  const wanted = splitNamespec(text);
  const exact = processes.filter(
    ({ group, name }) => group === wanted.group && (wanted.name === undefined || name === wanted.name),
  );
  if (exact.length > 0) return exact;
  const bare = processes.filter(({ name }) => name === text);
  return bare.length === 1 ? bare : [];
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

interface Death {
  readonly time: string;
  readonly reason: string;
}

/** The last ten ends of a process, the latest last. */
function deathsOf(deaths: XmlRpcValue | undefined): readonly Death[] {
  return asList(deaths)
    .map(asStruct)
    .map((death) => ({ time: textOf(death, 'time'), reason: textOf(death, 'reason') }));
}

function toJson({ name, group, state, pid, fields }: ProcessAnswer): object {
  const deaths = deathsOf(fields.deaths);
  return {
    host: hostname(),
    name,
    group,
    state,
    pid,
    uptimeSeconds: rounded(numberOf(fields, 'uptimeSeconds'), 3),
    ready: fields.ready === true,
    restarts: numberOf(fields, 'restarts'),
    cpuPercent: rounded(numberOf(fields, 'cpuPercent'), 2),
    rssBytes: numberOf(fields, 'rssBytes'),
    lastExit: deaths.at(-1) ?? null,
    deaths,
  };
}

/** The lines of `status`: name, state and description in columns. */
export function statusLines(processes: readonly ProcessAnswer[]): readonly string[] {
  const names = processes.map(({ group, name }) => namespec(group, name));
  const width = Math.max(nameColumn, ...names.map((name) => name.length)) + columnGap;
  return processes.map(
    ({ state, description }, index) => `${(names[index] ?? '').padEnd(width)}${state.padEnd(10)}${description}`,
  );
}

export const statusVerb: Verb = {
  usage: [
    'status <name>\t\tGet status for a single process',
    'status <gname>:*\tGet status for all processes in a group',
    'status <name> <name>\tGet status for multiple named processes',
    'status\t\t\tGet all process status info',
    'status --json\t\tThe same as JSON, with readiness, restarts, CPU, memory and the last ten exits',
  ],
  run: async (context) => {
    let processes: readonly ProcessAnswer[];
    try {
      processes = await allProcesses(context);
    } catch (error) {
      if (error instanceof FaultAnswer && error.code === faultCodes.UNKNOWN_METHOD) {
        context.print('ERROR: this is the real supervisord, which does not know what --json shows');
        return exitCodes.generic;
      }
      if (!(error instanceof NoSupervisor)) throw error;
      context.print(error.message);
      return exitCodes.statusUnknown;
    }
    let exitCode: number = exitCodes.success;
    const { words } = context;
    const shown: ProcessAnswer[] = [];
    if (words.length === 0 || words.includes('all')) shown.push(...processes);
    else {
      for (const word of words) {
        const found = matches(processes, word);
        shown.push(...found);
        if (found.length > 0) continue;
        const wanted = splitNamespec(word);
        context.print(
          wanted.name === undefined ? `${wanted.group}: ERROR (no such group)` : `${word}: ERROR (no such process)`,
        );
        exitCode = exitCodes.statusUnknown;
      }
    }
    if (context.isJson) context.print(JSON.stringify(shown.map(toJson), undefined, 2));
    else for (const line of statusLines(shown)) context.print(line);
    for (const process of shown) {
      if (stoppedStates.includes(process.state)) exitCode = exitCodes.statusNotRunning;
      if (process.state === 'FATAL' && !context.isJson) {
        await explainLogEnd(context, process, `${process.name} was given up`);
      }
    }
    return exitCode;
  },
};

export const pidVerb: Verb = {
  usage: [
    'pid\t\t\tGet the PID of supervisord.',
    'pid <name>\t\tGet the PID of a single child process by name.',
    'pid all\t\t\tGet the PID of every child process, one per line.',
  ],
  run: async (context) => {
    const { client, words, print } = context;
    if (words.length === 0) {
      print(JSON.stringify(await client.call('supervisor.getPID')));
      return exitCodes.success;
    }
    if (words.includes('all')) {
      for (const { pid } of asList(await client.call('supervisor.getAllProcessInfo')).map(asProcess))
        print(String(pid));
      return exitCodes.success;
    }
    let exitCode: number = exitCodes.success;
    for (const word of words) {
      try {
        const { pid } = asProcess(await client.call('supervisor.getProcessInfo', word));
        print(String(pid));
        if (pid === 0) exitCode = exitCodes.notRunning;
      } catch (error) {
        if (!(error instanceof FaultAnswer) || error.code !== faultCodes.BAD_NAME) throw error;
        print(`No such process ${word}`);
        exitCode = exitCodes.generic;
      }
    }
    return exitCode;
  },
};
