import { setTimeout as delay } from 'node:timers/promises';
import { asList, asProcess } from '../../supervisor/client/answers.ts';
import { createRpcClient, NoSupervisor } from '../../core/supervisor/rpc-client.ts';
import type { Check, Finding } from './finding.ts';

const name = 'supervisor';

/** A supervisor answers at once, or is stuck. */
const timeoutMs = 3000;

/** States in which a program does not serve and will not by itself. */
const badStates: readonly string[] = ['FATAL', 'BACKOFF', 'EXITED', 'UNKNOWN'];

async function askForProcesses(socket: string) {
  const client = createRpcClient({ url: `unix://${socket}` });
  const late = new AbortController();
  try {
    return await Promise.race([
      client.call('supervisor.getAllProcessInfo'),
      delay(timeoutMs, undefined, { signal: late.signal }).then(() => {
        throw new NoSupervisor('failed', `it does not answer within ${timeoutMs / 1000} s`);
      }),
    ]);
  } finally {
    late.abort();
  }
}

export const checkSupervisor: Check = {
  name,
  needs: ['home'],
  async run({ home }): Promise<readonly Finding[]> {
    try {
      const processes = asList(await askForProcesses(home.supervisorSocket)).map(asProcess);
      const bad = processes.filter(({ state }) => badStates.includes(state));
      if (bad.length === 0) {
        return [
          { name, state: 'ok', found: processes.map((process) => `${process.name} ${process.state}`).join(', ') },
        ];
      }
      return bad.map((process) => ({
        name,
        state: 'fault',
        found: `${process.name} is ${process.state}: ${process.description}`,
        fix: `Read why: gmail-llm ctl tail ${process.name}. Then: gmail-llm ctl restart ${process.name}`,
      }));
    } catch (error) {
      if (!(error instanceof NoSupervisor)) throw error;
      if (error.kind === 'failed') {
        return [{ name, state: 'fault', found: error.message, fix: 'Stop it by its pid and run: gmail-llm up' }];
      }
      return [
        { name, state: 'warning', found: 'It does not run.', fix: 'Run: gmail-llm up (or npm start in a checkout).' },
      ];
    }
  },
};
