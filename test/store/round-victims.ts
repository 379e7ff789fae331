import { setTimeout as delay } from 'node:timers/promises';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { endOf } from '../support/end-of.ts';
import { startServer, type Environment, type Server } from '../support/hosts.ts';
import type { cuttableWay } from '../support/cuttable-postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

/** What befalls in a round: a kill, or for a while no way to the database, no changes, or sleep. */
export const victims = ['server', 'postgres', 'import', 'backend', 'network', 'primary', 'sleeper'] as const;

/** Longer than the outbox's hold on a message (20 s) and the longest pause of a transaction (15 s). */
const sleepMs = 25_000;
/** A cut at most: shorter than, and longer than, what a caller waits for (30 s). */
const longestCutMs = 40_000;
const readOnlyMs = 3000;

/** What a round may harm. */
export interface Harmed {
  readonly context: Parameters<typeof startServer>[0];
  readonly postgres: TestPostgres;
  readonly address: string;
  /** The way of the second host. */
  readonly way: Awaited<ReturnType<typeof cuttableWay>>;
  readonly environments: readonly Environment[];
  /** A server that was killed is replaced. */
  readonly servers: Server[];
  readonly importing: Parameters<typeof endOf>[0];
  readonly random: () => number;
}

/** Does it, and returns when it is over. */
export async function befall(victim: (typeof victims)[number], harmed: Harmed): Promise<void> {
  const { context, postgres, address, way, environments, servers, importing, random } = harmed;
  const place = random() < 0.5 ? 0 : 1;
  const server = servers[place];
  switch (victim) {
    case 'server':
      if (server !== undefined) await endOf(server.child, 'SIGKILL');
      servers[place] = await startServer(context, 'gmail-api-server', environments[place] ?? {});
      return;
    case 'postgres':
      return postgres.kill();
    case 'import':
      return endOf(importing, 'SIGKILL');
    case 'backend':
      return killBackend(address, random);
    case 'network':
      way.cut();
      await delay(random() * longestCutMs);
      return way.heal();
    case 'primary':
      await failOver(postgres, 'SET default_transaction_read_only = on');
      await delay(readOnlyMs);
      return failOver(postgres, 'RESET default_transaction_read_only');
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
