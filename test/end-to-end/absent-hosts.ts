import { cuttableWay, type CuttableWay } from '../support/cuttable-postgres.ts';
import { makeHosts, type Partition } from '../support/namespaces.ts';
import type { LiveHost, LiveServer } from './live-servers.ts';

/** Ways in which a host is away without having ended: it cannot reach the database, or nothing of it runs. */
export const absences = ['cut off', 'asleep'] as const;
export type Absence = (typeof absences)[number];

/** Hosts of servers that share a database, each of which can be away. */
export interface AbsentHosts<How extends string> {
  /** The host of each server, in their order. */
  readonly hosts: readonly LiveHost[];
  readonly leave: (server: LiveServer, how: How) => void;
  readonly comeBack: (server: LiveServer, how: How) => void;
}

interface Running {
  readonly servers: readonly LiveServer[];
  readonly signal: (server: LiveServer, signal: 'SIGSTOP' | 'SIGCONT') => void;
}

/** So many hosts that reach a database by a proxy each; `running` are their servers, once they are started. */
export async function absentHosts(
  t: Parameters<typeof cuttableWay>[0],
  { address, count, running }: { readonly address: string; readonly count: number; readonly running: () => Running },
): Promise<AbsentHosts<Absence>> {
  const ways: CuttableWay[] = [];
  for (let made = 0; made < count; made += 1) ways.push(await cuttableWay(t, address));
  const wayOf = (server: LiveServer) => ways[running().servers.indexOf(server)];
  return {
    hosts: ways.map((way) => ({ variables: { GMAIL_STORE: way.address }, within: [] })),
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

/** So many hosts that are network namespaces of a process in a network apart. */
export function partedHosts({
  count,
  running,
}: {
  readonly count: number;
  readonly running: () => Pick<Running, 'servers'>;
}): AbsentHosts<Partition> {
  const namespaces = makeHosts(count);
  const heals = new Map<LiveServer, () => void>();
  return {
    hosts: namespaces.map(({ within, address }) => ({ variables: { GMAIL_HOST: address }, within })),
    leave(server, how) {
      const heal = namespaces[running().servers.indexOf(server)]?.part(how);
      if (heal !== undefined) heals.set(server, heal);
    },
    comeBack(server) {
      heals.get(server)?.();
      heals.delete(server);
    },
  };
}
