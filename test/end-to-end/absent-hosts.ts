import { cuttableWay, type CuttableWay } from '../support/cuttable-postgres.ts';
import type { LiveServer } from './live-servers.ts';

/** Ways in which a host is away without having ended: it cannot reach the database, or nothing of it runs. */
export const absences = ['cut off', 'asleep'] as const;
export type Absence = (typeof absences)[number];

/** Hosts that reach a database by a way each. */
export interface AbsentHosts {
  /** The address by which each server reaches it, in their order. */
  readonly addresses: readonly string[];
  readonly leave: (server: LiveServer, how: Absence) => void;
  readonly comeBack: (server: LiveServer, how: Absence) => void;
}

interface Running {
  readonly servers: readonly LiveServer[];
  readonly signal: (server: LiveServer, signal: 'SIGSTOP' | 'SIGCONT') => void;
}

/** Makes the ways of so many hosts; `running` are their servers, once they are started. */
export async function absentHosts(
  t: Parameters<typeof cuttableWay>[0],
  { address, count, running }: { readonly address: string; readonly count: number; readonly running: () => Running },
): Promise<AbsentHosts> {
  const ways: CuttableWay[] = [];
  for (let made = 0; made < count; made += 1) ways.push(await cuttableWay(t, address));
  const wayOf = (server: LiveServer) => ways[running().servers.indexOf(server)];
  return {
    addresses: ways.map((way) => way.address),
    leave(server, how) {
      if (how === 'asleep') running().signal(server, 'SIGSTOP');
      else wayOf(server)?.cut();
    },
    comeBack(server, how) {
      if (how === 'asleep') running().signal(server, 'SIGCONT');
      else wayOf(server)?.heal();
    },
  };
}
