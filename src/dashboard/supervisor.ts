import type { Home } from '../core/home.ts';
import { asList, asProcess, asStruct, numberOf, textOf, type ProcessAnswer } from '../supervisor/client/answers.ts';
import { createRpcClient, FaultAnswer, NoSupervisor } from '../core/supervisor/rpc-client.ts';

/** An end of a process. */
interface Death {
  readonly time: string;
  readonly reason: string;
}

/** A program that the supervisor looks after. */
export interface Program {
  readonly name: string;
  /** Its name with its group, as the supervisor's methods take it. */
  readonly fullName: string;
  readonly state: ProcessAnswer['state'];
  /** What the supervisor says of it: why it does not run, where it does not. */
  readonly description: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly restarts: number;
  readonly cpuPercent: number;
  readonly rssBytes: number;
  /** The last ten, the latest last. */
  readonly deaths: readonly Death[];
}

/** What a program used over the last hour; undefined while it did not run. The oldest first. */
export interface Samples {
  readonly cpuPercent: readonly (number | undefined)[];
  readonly rssMegabytes: readonly (number | undefined)[];
}

/** Samples of an hour, as many as the supervisor keeps. */
export const sampleSlots = 360;

/** The home's supervisor, if one runs. */
export interface Supervisor {
  /** Every program; undefined where no supervisor runs. */
  programs(): Promise<readonly Program[] | undefined>;
  /** By the program's name; empty where no supervisor runs, or one that keeps none. */
  samples(): Promise<ReadonlyMap<string, Samples>>;
  /** Start, stop or restart; returns once it has happened. Throws `FaultAnswer` where it cannot. */
  act(verb: 'start' | 'stop' | 'restart', fullName: string): Promise<void>;
}

function toProgram({ name, group, state, description, pid, fields }: ProcessAnswer): Program {
  return {
    name,
    fullName: group === name ? name : `${group}:${name}`,
    state,
    description,
    pid,
    uptimeSeconds: numberOf(fields, 'uptimeSeconds'),
    restarts: numberOf(fields, 'restarts'),
    cpuPercent: numberOf(fields, 'cpuPercent'),
    rssBytes: numberOf(fields, 'rssBytes'),
    deaths: asList(fields.deaths)
      .map(asStruct)
      .map((death) => ({ time: textOf(death, 'time'), reason: textOf(death, 'reason') })),
  };
}

const numbersIn = (text: string): readonly (number | undefined)[] =>
  text === '' ? [] : text.split(',').map((value) => (value === '' ? undefined : Number(value)));

const methods = {
  start: 'supervisor.startProcess',
  stop: 'supervisor.stopProcess',
  restart: 'gmail_llm.restartProcess',
} as const;

export function supervisorOf({ supervisorSocket }: Pick<Home, 'supervisorSocket'>): Supervisor {
  const client = createRpcClient({ url: `unix://${supervisorSocket}` });
  return {
    async programs() {
      try {
        const answer = await client.call('gmail_llm.getAllProcessStatus');
        return asList(answer).map(asProcess).map(toProgram);
      } catch (error) {
        if (error instanceof NoSupervisor) return undefined;
        throw error;
      }
    },
    async samples() {
      try {
        const answer = asList(await client.call('gmail_llm.getSamples')).map(asStruct);
        return new Map(
          answer.map((struct) => [
            textOf(struct, 'name'),
            {
              cpuPercent: numbersIn(textOf(struct, 'cpuPercent')),
              rssMegabytes: numbersIn(textOf(struct, 'rssMegabytes')),
            },
          ]),
        );
      } catch (error) {
        // A supervisor of an older version has no such method.
        if (error instanceof NoSupervisor || error instanceof FaultAnswer) return new Map();
        throw error;
      }
    },
    async act(verb, fullName) {
      const answer = await client.call(methods[verb], fullName);
      // A restart reports of each process; the other two throw.
      const failed = Array.isArray(answer) ? answer.map(asStruct).find((one) => one.status !== 80) : undefined;
      if (failed !== undefined) throw new FaultAnswer(numberOf(failed, 'status'), textOf(failed, 'description'));
    },
  };
}
