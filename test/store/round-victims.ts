import { setTimeout as delay } from 'node:timers/promises';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { endOf } from '../support/end-of.ts';
import type { Server } from '../support/hosts.ts';
import { partitions } from '../support/namespaces.ts';
import type { TestPostgres } from '../support/postgres.ts';
import type { RoundHosts } from './round-hosts.ts';

/**
 * What befalls in a round: a kill, or for a while no changes, sleep, or no way to the database; where hosts are namespaces, one of
 * the partitions in place of that.
 */
export const victims = [
  'server',
  'postgres',
  'import',
  'backend',
  'network',
  'primary',
  'sleeper',
  ...partitions,
] as const;
export type Victim = (typeof victims)[number];

/** Longer than the outbox's hold on a message (20 s) and the longest pause of a transaction (15 s). */
const sleepMs = 25_000;
/** Shorter, and longer, than what a caller waits for (30 s) and after what the outbox judges by a draft that is there (60 s). */
export const longestPartMs = 75_000;
const readOnlyMs = 3000;

/** What a round may harm. */
export interface Harmed {
  readonly hosts: RoundHosts;
  /** A server that was killed is replaced. */
  readonly servers: Server[];
  readonly importing: Parameters<typeof endOf>[0] | undefined;
  readonly longestPartMs: number;
  readonly random: () => number;
}

/** Does it, and returns when it is over. */
export async function befall(victim: Victim, { hosts, servers, importing, ...harmed }: Harmed): Promise<void> {
  const { random } = harmed;
  const place = Math.floor(random() * servers.length);
  const server = servers[place];
  switch (victim) {
    case 'server':
      if (server !== undefined) await endOf(server.child, 'SIGKILL');
      servers[place] = await hosts.start(place);
      return;
    case 'postgres':
      return hosts.postgres.kill();
    case 'import':
      return importing && endOf(importing, 'SIGKILL');
    case 'backend':
      return killBackend(hosts.address, random);
    case 'network':
    case 'link':
    case 'unplugged':
    case 'answers':
    case 'requests':
    case 'clients': {
      const heal = hosts.part(place, victim);
      await delay(random() * harmed.longestPartMs);
      return heal();
    }
    case 'primary':
      await failOver(hosts.postgres, 'SET default_transaction_read_only = on');
      await delay(readOnlyMs);
      return failOver(hosts.postgres, 'RESET default_transaction_read_only');
    case 'sleeper':
      server?.child.kill('SIGSTOP');
      await delay(sleepMs);
      server?.child.kill('SIGCONT');
  }
}
/** Kills a process of PostgreSQL that serves one of our connections: the server then ends all others, and recovers. */
async function killBackend(address: string, random: () => number): Promise<void> {
  const database = postgresAt(address);
  try {
    const sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'gmail-llm' AND pid <> pg_backend_pid()";
    const rows = await database.all(sql);
    const pid = Number(rows[Math.floor(random() * rows.length)]?.pid);
    process.kill(pid, 'SIGKILL');
  } finally {
    await database.close();
  }
}

/** Changes what the database takes, and ends all connections, as a failover does. */
async function failOver(postgres: TestPostgres, setting: string): Promise<void> {
  const admin = postgresAt(postgres.address('admin'));
  try {
    await admin.run(`ALTER DATABASE mail ${setting}`);
    await admin.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'mail'");
  } finally {
    await admin.close();
  }
}
