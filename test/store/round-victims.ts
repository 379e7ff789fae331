import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { endOf } from '../support/end-of.ts';
import type { Server } from '../support/hosts.ts';
import { partitions } from '../support/namespaces.ts';
import { diskBytes, type TestPostgres } from '../support/postgres.ts';
import type { SmallDisk } from '../support/small-disk.ts';
import type { RoundHosts } from './round-hosts.ts';

/**
 * What befalls in a round: a kill, or for a while no changes, no room on the database's disk, sleep, or no way to the database;
 * where hosts are namespaces, one of the partitions in place of that.
 */
export const victims = [
  'server',
  'postgres',
  'import',
  'backend',
  'network',
  'primary',
  'disk',
  'sleeper',
  ...partitions,
] as const;
export type Victim = (typeof victims)[number];

/** Longer than the outbox's hold on a message (20 s) and the longest pause of a transaction (15 s). */
const sleepMs = 25_000;
/** Shorter, and longer, than what a caller waits for (30 s) and after what the outbox judges by a draft that is there (60 s). */
export const longestPartMs = 75_000;
const readOnlyMs = 3000;
const longestFullMs = 10_000;
/** A megabyte each: more than the files of its log that a server keeps to use again. */
const mostLogRecords = 200;

/** What a round may harm. */
export interface Harmed {
  readonly hosts: RoundHosts;
  /** A server that was killed is replaced. */
  readonly servers: Server[];
  readonly importing: Parameters<typeof endOf>[0] | undefined;
  readonly longestPartMs: number;
  /** How often the same has befallen before. */
  readonly turn: number;
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
    case 'disk':
      return fillDisks(hosts.postgres, harmed.turn, random() * Math.min(longestFullMs, harmed.longestPartMs));
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

/**
 * Leaves the tables, the log or both, in turn, without room for a while. Without room for tables a server refuses what needs more of it;
 * without room for the log it ends, and again at each start.
 */
async function fillDisks(postgres: TestPostgres, turn: number, fullMs: number): Promise<void> {
  const { tables, log } = postgres.disks ?? assert.fail('PostgreSQL has no disks that can be filled');
  const choices: readonly (readonly SmallDisk[])[] = [[tables], [log], [tables, log]];
  const full = choices[turn % choices.length] ?? [];
  for (const disk of full) await disk.fill();
  if (full.includes(log)) await endLog(postgres);
  await delay(fullMs);
  for (const disk of full) disk.resize(diskBytes);
  await postgres.supervise();
}

/** Writes into the log until it has no room: what work leaves of it in some seconds is left to chance. */
async function endLog(postgres: TestPostgres): Promise<void> {
  const admin = postgresAt(postgres.address('admin'));
  try {
    const write = async () => {
      for (let count = 0; count < mostLogRecords; count += 1) {
        await admin.run("SELECT pg_logical_emit_message(true, '', repeat('x', 1000000))");
      }
    };
    await assert.rejects(write(), { code: 'UNAVAILABLE' });
  } finally {
    await admin.close();
  }
}
