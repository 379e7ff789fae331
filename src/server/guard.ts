import { networkInterfaces } from 'node:os';
import { isLoopback } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';

/** The host name of a Host header or an Origin, without port and brackets, in lower case. */
function hostName(authority: string): string {
  return authority
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/**
 * A check that a request was meant for this server: against DNS rebinding, where a web page reaches a local server under
 * a name of its own (MCP specification 2026-07-28, transports, security).
 *
 * `host` is the address that is bound. Loopback names are always ours; so is the bound address, and for a server on all
 * interfaces each address of this machine. An `Origin`, which browsers send, must be one of the same names over HTTP.
 * Throws `FORBIDDEN`.
 */
export function createGuard(host: string): (hostHeader: string | undefined, origin: string | undefined) => void {
  const bindsAll = host === '0.0.0.0' || host === '::';
  const addresses = bindsAll
    ? Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address))
    : [host];
  const own = new Set(addresses.map((address) => address.toLowerCase()));
  const isOwn = (name: string) => isLoopback(name) || own.has(name);

  /** The Host header of the last request that was let in: nearly always that of the next one too. */
  let lastHost: string | undefined;

  return (hostHeader, origin) => {
    if (hostHeader === undefined || (hostHeader !== lastHost && !isOwn(hostName(hostHeader)))) {
      throw new AppError('FORBIDDEN', 'This server does not answer under that host name.', {
        field: 'Host',
        expected: [...new Set(['127.0.0.1', 'localhost', ...own])].join(', '),
        got: hostHeader ?? 'nothing',
      });
    }
    lastHost = hostHeader;
    if (origin === undefined) return;
    const scheme = /^https?:\/\//i.exec(origin)?.[0];
    if (scheme === undefined || !isOwn(hostName(origin.slice(scheme.length)))) {
      throw new AppError('FORBIDDEN', 'Pages of that origin may not call this server.', {
        field: 'Origin',
        got: origin,
      });
    }
  };
}
