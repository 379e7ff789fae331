import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf, systemCode } from '../core/errors.ts';
import { findPortHolder } from '../core/port-holder.ts';

/** First inherited descriptor of socket activation (systemd's sd_listen_fds(3)). */
const firstInheritedDescriptor = 3;

/** The error of a server that could not listen: which address, held by whom, what to do. */
function listenError(host: string, port: number, variable: string, error: unknown): AppError {
  if (systemCode(error) === 'EADDRINUSE') {
    return new AppError(
      'UNAVAILABLE',
      `Port ${port} on ${host} is in use by ${findPortHolder(port).description}.`,
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
