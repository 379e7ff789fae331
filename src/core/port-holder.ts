import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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

/** A command line is shown as far as it tells programs apart. */
const shownCommandCharacters = 120;

/** Who listens on a port. */
export interface PortHolder {
  /** Absent where it cannot be found out. */
  readonly pid?: number;
  /** `pid 77 (node server.js)`, or `another process`. */
  readonly description: string;
}

const unknownHolder: PortHolder = { description: 'another process' };

/** Who listens on a port of this machine, as far as this user may see it; found out on Linux only. */
export function findPortHolder(port: number): PortHolder {
  try {
    const inode = listeningInode(port);
    const pid =
      inode === undefined ? undefined : readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, inode));
    if (pid === undefined) return unknownHolder;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid: Number(pid), description: `pid ${pid} (${command.slice(0, shownCommandCharacters)})` };
  } catch {
    // No /proc here, or not for us.
    return unknownHolder;
  }
}
