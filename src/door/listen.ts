import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf, systemCode } from '../core/errors.ts';

/** First inherited descriptor of socket activation (systemd's sd_listen_fds(3)). */
const firstInheritedDescriptor = 3;

/** Port column of /proc/net/tcp in state LISTEN, with the inode of the socket. */
function listeningInodes(port: number): ReadonlySet<string> {
  const portHex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const inodes = rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${portHex}`) === true && columns[3] === '0A')
    .map((columns) => `socket:[${columns[9]}]`);
  return new Set(inodes);
}

/** The process that listens on a port as far as this user may see it: `pid 123 (node server.js)`. Linux only. */
export function portHolder(port: number): string | undefined {
  try {
    const inodes = listeningInodes(port);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
          if (inodes.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`))) {
            const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
            return `pid ${pid} (${command.slice(0, 120)})`;
          }
        }
      } catch {
        // The process ended meanwhile, or belongs to somebody else.
      }
    }
  } catch {
    // No /proc: not Linux.
  }
  return undefined;
}

/** The error of a server that could not listen: which address, held by whom, what to do. */
function listenError(host: string, port: number, variable: string, error: unknown): AppError {
  if (systemCode(error) === 'EADDRINUSE') {
    const holder = portHolder(port);
    return new AppError(
      'UNAVAILABLE',
      `Port ${port} on ${host} is in use by ${holder ?? 'another process'}.`,
      {
        field: variable,
        got: String(port),
        hint: `Stop that process, or set ${variable} to a free port.`,
      },
      error,
    );
  }
  return new AppError(
    'UNAVAILABLE',
    `Cannot listen on ${host} port ${port}: ${messageOf(error)}.`,
    {
      field: systemCode(error) === 'EADDRNOTAVAIL' || systemCode(error) === 'ENOTFOUND' ? 'GMAIL_HOST' : variable,
      hint: `Set GMAIL_HOST to an address of this machine and ${variable} to a port this user may bind.`,
    },
    error,
  );
}

/**
 * Starts listening and answers the port. A socket handed over by the parent (`LISTEN_FDS`, as systemd and our supervisor
 * do) is used instead of binding one. Throws `UNAVAILABLE` naming who holds a port that is in use.
 */
export async function listen(
  server: Server,
  { host, port, variable }: { readonly host: string; readonly port: number; readonly variable: string },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const isInherited =
    environment.LISTEN_FDS === '1' && (environment.LISTEN_PID ?? `${process.pid}`) === `${process.pid}`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(isInherited ? { fd: firstInheritedDescriptor } : { host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw listenError(host, port, variable, error);
  } finally {
    server.off('error', reject);
  }
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
