import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** A local port answers or refuses at once; longer is as good as nobody. */
const connectWithinMs = 250;

function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.setTimeout(connectWithinMs, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** The inode of the socket that listens on `port`, from Linux's table (proc_net_tcp: local address, state 0A, inode). */
function listeningInode(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(`:${wanted}`) === true && columns[3] === '0A') return columns[9];
    }
  }
  return undefined;
}

function holds(pid: string, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

/** Who listens on a port. */
export interface PortHolder {
  /** Absent where it cannot be found out. */
  readonly pid?: number;
  /** `pid 77 (node)`, or `another process`. */
  readonly description: string;
}

const unknownHolder: PortHolder = { description: 'another process' };

function findHolder(port: number): PortHolder {
  try {
    const inode = listeningInode(port);
    const pid =
      inode === undefined ? undefined : readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, inode));
    if (pid === undefined) return unknownHolder;
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return { pid: Number(pid), description: `pid ${pid} (${name})` };
  } catch {
    // No /proc here, or not for us.
    return unknownHolder;
  }
}

/** Who listens where a program is about to answer; undefined if nobody does. */
export async function portHolder(url: string): Promise<PortHolder | undefined> {
  const { hostname, port } = new URL(url);
  const number = port === '' ? 80 : Number(port);
  return (await isTaken(hostname.replace(/^\[|\]$/g, ''), number)) ? findHolder(number) : undefined;
}
