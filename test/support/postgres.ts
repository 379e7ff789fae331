import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { smallDisk, type SmallDisk } from './small-disk.ts';

/** Where the programs of a PostgreSQL server are, or undefined where it is not installed. */
function findPrograms(): string | undefined {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin'),
    '/usr/local/pgsql/bin',
    '/opt/homebrew/opt/postgresql/bin',
  ];
  return folders.toSorted().findLast((folder) => existsSync(join(folder, 'initdb')));
}

const programs = findPrograms();

/** Why tests on PostgreSQL cannot run here, with the command that changes it; false where they can. */
export const skipWithoutPostgres: string | false =
  programs === undefined ? 'needs PostgreSQL: run apt-get install postgresql' : false;

/** It is there in a second; recovery after a kill takes longer, and more on a busy machine. */
const startMs = 120_000;

/** After a kill it has its files written, one by one: many seconds of a busy machine's. All at once is as safe. */
const durable = process.platform === 'linux' ? ['-c', 'recovery_init_sync_method=syncfs'] : [];

/** A PostgreSQL server of a test, reached by a socket in a folder of its own. */
export interface TestPostgres {
  /** The address of one of its databases. */
  readonly address: (name: string) => string;
  /** Makes an empty database and returns its address. */
  readonly create: (name: string) => string;
  /** Stops the server as a crash would, and starts it again. */
  readonly crash: () => Promise<void>;
  /** Kills the server's first process, as `kill -9` does, and starts it again as soon as its others have ended. */
  readonly kill: () => Promise<void>;
  /** Stops the server; {@link TestPostgres.start} starts it again. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Waits until it takes connections, and starts it again meanwhile where it has ended, as a supervisor does. */
  readonly supervise: () => Promise<void>;
  readonly pid: () => number;
  /** What its tables and its write-ahead log lie on, where that was asked for. */
  readonly disks: Readonly<Record<'tables' | 'log', SmallDisk>> | undefined;
}

/** Room for each disk of a server. They lie in memory, of which only what is written to them is taken. */
export const diskBytes = 4 * 1024 ** 3;

/** A test, or the hooks of a file (`{ after }`). */
interface Cleaning {
  readonly after: (clean: () => void | Promise<void>) => void;
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package makes. */
function userOfServer(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** The server's certificate where it reads it, with whoever has a password let in by the port alone; returns what it is started with. */
function prepareListening(
  data: string,
  user: ReturnType<typeof userOfServer>,
  { port, certificate, key }: { readonly port: number; readonly certificate: string; readonly key: string },
): readonly string[] {
  for (const [name, text] of [
    ['server.crt', certificate],
    ['server.key', key],
  ] as const) {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    if (user.uid !== undefined && user.gid !== undefined) chownSync(join(data, name), user.uid, user.gid);
  }
  writeFileSync(join(data, 'pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
  return ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'ssl=on'];
}

/**
 * Starts a server. `isDurable` makes it wait for the disk, as it has to where its crash is tested. A folder that is named is
 * kept, and used again where it is there. `isOnNetwork` has it listen on 127.0.0.1, too, for all hosts in whose network that is.
 * `hasDisks` puts its tables and its log on a disk each, which can be made full.
 */
export async function startPostgres(
  context: Cleaning,
  {
    isDurable = false,
    isOnNetwork = false,
    hasDisks = false,
    keptIn,
    encrypted,
  }: {
    readonly isDurable?: boolean;
    readonly isOnNetwork?: boolean;
    readonly hasDisks?: boolean;
    readonly keptIn?: string;
    /** Listens on a port of 127.0.0.1, too, and takes connections that are encrypted there. */
    readonly encrypted?: { readonly port: number; readonly certificate: string; readonly key: string };
  } = {},
): Promise<TestPostgres> {
  if (programs === undefined) throw new Error(String(skipWithoutPostgres));
  const user = userOfServer();
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'gmail-llm-pg-'));
  mkdirSync(folder, { recursive: true });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const disk = () => smallDisk(diskBytes, user.uid ?? 0);
  const disks = hasDisks ? { tables: disk(), log: disk() } : undefined;
  const data = join(disks?.tables.folder ?? folder, 'data');
  // The smallest files of a log, so that it needs a new one every few seconds.
  const apart = disks === undefined ? [] : ['--waldir', join(disks.log.folder, 'log'), '--wal-segsize=1'];
  if (!existsSync(data)) {
    const made = spawnSync(
      join(programs, 'initdb'),
      ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', ...apart],
      { ...user, cwd: folder, encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    if (isOnNetwork) appendFileSync(join(data, 'pg_hba.conf'), 'host all all 127.0.0.0/8 trust\n');
  }
  const listens = `listen_addresses=${isOnNetwork ? '127.0.0.1' : ''}`;
  const listening = encrypted === undefined ? ['-c', listens] : prepareListening(data, user, encrypted);
  const port = String(encrypted?.port ?? 5432);
  let server: ChildProcess | undefined;

  const isReady = () =>
    spawnSync(join(programs, 'pg_isready'), ['-h', folder, '-p', port, '-q'], { cwd: folder }).status === 0;

  async function start(): Promise<void> {
    const options = isDurable
      ? durable
      : ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'];
    const words = ['-D', data, '-k', folder, '-c', 'max_connections=60', ...listening, ...options];
    server = spawn(join(programs ?? '', 'postgres'), words, { ...user, cwd: folder, stdio: 'ignore' });
    for (const endMs = performance.now() + startMs; !isReady(); await delay(50)) {
      if (server.exitCode !== null) throw new Error('PostgreSQL does not start');
      if (performance.now() < endMs) continue;
      // Nobody is to take this one for the next.
      await end('SIGKILL');
      throw new Error(`PostgreSQL does not start within ${startMs} ms`);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  /** The next one is refused as long as processes of the killed one have its memory. */
  async function startAgain(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await start();
      } catch (error) {
        if (tries === 100) throw error;
        await delay(100);
      }
    }
  }

  const address = (name: string) => `postgres://postgres@localhost:${port}/${name}?host=${encodeURIComponent(folder)}`;
  context.after(async () => {
    await end(keptIn === undefined ? 'SIGQUIT' : 'SIGINT');
    if (keptIn === undefined) rmSync(folder, { recursive: true, force: true });
    for (const one of Object.values(disks ?? {})) one.remove();
  });
  await start();
  return {
    address,
    create(name) {
      const created = spawnSync(join(programs, 'createdb'), ['-h', folder, '-p', port, '-U', 'postgres', name], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (created.status !== 0) throw new Error(`createdb failed: ${created.stderr}`);
      return address(name);
    },
    async crash() {
      await end('SIGQUIT');
      await start();
    },
    async kill() {
      await end('SIGKILL');
      await startAgain();
    },
    stop: () => end('SIGINT'),
    start,
    async supervise() {
      for (const endMs = performance.now() + startMs; !isReady(); await delay(100)) {
        if (performance.now() > endMs) throw new Error(`PostgreSQL is not back within ${startMs} ms`);
        if (server?.exitCode !== null || server.signalCode !== null) await startAgain();
      }
    },
    pid: () => server?.pid ?? 0,
    disks,
  };
}
