import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { createRpcClient, FaultAnswer, NoSupervisor } from '../../core/supervisor/rpc-client.ts';
import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';

/** A supervisor answers at once, or is stuck. */
const timeoutMs = 3000;

const exit = z.object({ time: z.iso.datetime(), reason: z.string() }).readonly();

/** What the supervisor says of a process, as far as it is shown. */
const told = z.object({
  name: z.string(),
  group: z.string(),
  statename: z.string(),
  description: z.string(),
  pid: z.int(),
  uptimeSeconds: z.number(),
  ready: z.boolean(),
  restarts: z.int(),
  cpuPercent: z.number(),
  rssBytes: z.number(),
  deaths: z.array(exit),
});

const processFacts = z
  .object({
    ...told.omit({ statename: true, deaths: true }).shape,
    state: z.string(),
    exits: z.array(exit).readonly().describe('The last ten, the latest last.'),
  })
  .readonly()
  .meta({ id: 'Process' });

const processList = z.object({
  isSupervised: z.boolean().describe('Whether the supervisor of this home runs.'),
  processes: z.array(processFacts).readonly(),
});

async function askSupervisor(socket: string, signal: AbortSignal): Promise<XmlRpcValue> {
  const late = new AbortController();
  try {
    return await Promise.race([
      createRpcClient({ url: `unix://${socket}` }).call('gmail_llm.getAllProcessStatus'),
      delay(timeoutMs, undefined, { signal: AbortSignal.any([signal, late.signal]) }).then(() => {
        throw new AppError('UNAVAILABLE', `The supervisor does not answer within ${timeoutMs / 1000} s.`);
      }),
    ]);
  } finally {
    late.abort();
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export const listProcesses = defineHomeOperation({
  name: 'list_processes',
  route: 'GET /api/admin/processes',
  grant: 'admin',
  toolset: 'admin',
  summary: "The supervisor's processes: state, readiness, restarts, processor time and memory.",
  input: {},
  output: processList,
  async run(_input, { services, caller }) {
    try {
      const value = await askSupervisor(services.home.supervisorSocket, caller.signal);
      const processes = z
        .array(told)
        .parse(value)
        .map(({ statename, deaths, uptimeSeconds, cpuPercent, ...facts }) => ({
          ...facts,
          state: statename,
          uptimeSeconds: rounded(uptimeSeconds),
          cpuPercent: rounded(cpuPercent),
          exits: deaths,
        }));
      return { isSupervised: true, processes };
    } catch (error) {
      if (error instanceof NoSupervisor && error.kind !== 'failed') return { isSupervised: false, processes: [] };
      if (error instanceof NoSupervisor) throw new AppError('UNAVAILABLE', error.message, {}, error);
      if (!(error instanceof FaultAnswer)) throw error;
      throw new AppError('UNSUPPORTED', `The supervisor does not say it: ${error.message}`, {
        hint: 'The real supervisord does not know readiness and figures; `gmail-llm ctl status` shows what it knows.',
      });
    }
  },
  text: ({ isSupervised, processes }) =>
    isSupervised
      ? processes
          .map(({ name, state, description, ready, restarts, cpuPercent, rssBytes }) =>
            [
              `${name} ${state}${state === 'RUNNING' && !ready ? ' (not ready)' : ''}`,
              description,
              `${restarts} restarts`,
              `${cpuPercent} % processor`,
              `${Math.round(rssBytes / 1e6)} MB`,
            ].join(', '),
          )
          .join('\n')
      : 'The supervisor does not run: `gmail-llm up` starts it.',
});
