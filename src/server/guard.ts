import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import { isLoopback } from '../core/loopback.ts';
import type { Configuration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';

/** Checks of where a request comes from, before anything of it is read. */
export interface Guard {
  /**
   * That it is meant for this server and comes from no foreign page. Throws `FORBIDDEN`, and `INVALID_INPUT` for a request
   * with two Host headers (RFC 9112 section 3.2).
   */
  readonly checkRequest: (request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>) => void;
  /**
   * That no other site's page makes it, by what browsers say of themselves (Fetch Metadata). For what strangers may not
   * read: a link may lead to a public page. Throws `FORBIDDEN`.
   */
  readonly checkPage: (request: Pick<IncomingMessage, 'headers'>) => void;
}

/** The host name of a Host header, without port and brackets, in lower case. */
function hostName(authority: string): string {
  return authority
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) count += 1;
  }
  return count;
}

/** An Origin header as a URL, or undefined if it is none: `null`, with a path, with a user. */
function originUrl(origin: string): URL | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url !== undefined && url.origin === origin.toLowerCase() ? url : undefined;
}

function foreignHost(got: string | undefined, names: Iterable<string>): AppError {
  const name = got === undefined ? '' : hostName(got);
  return new AppError('FORBIDDEN', 'This server is not known under that host name.', {
    field: 'Host',
    expected: [...names].join(', '),
    got: got ?? 'nothing',
    ...(/^[\w.-]+$/.test(name) ? { hint: `If this is its name in your network: GMAIL_ALLOWED_HOSTS=${name}` } : {}),
  });
}

function foreignOrigin(got: string): AppError {
  return new AppError('FORBIDDEN', 'Pages of that origin may not call this server.', {
    field: 'Origin',
    expected: "the server's own, or one of GMAIL_ALLOWED_HOSTS",
    got,
    ...(originUrl(got) === undefined ? {} : { hint: `If it is yours: GMAIL_ALLOWED_HOSTS=${got.toLowerCase()}` }),
  });
}

/**
 * A guard against DNS rebinding, where a web page reaches a local server under a name of its own, and against pages of
 * other sites (MCP specification 2026-07-28, transports, security).
 *
 * Loopback names are always ours; so are the bound address, for a server on all interfaces each address of this machine,
 * and the names of `allowedHosts`, each with any port. An `Origin` must be the server's own, a loopback name where the
 * server is called by one, or one of the origins in `allowedHosts`.
 */
export function createGuard({ host, allowedHosts }: Pick<Configuration, 'host' | 'allowedHosts'>): Guard {
  const bindsAll = host === '0.0.0.0' || host === '::';
  const addresses = bindsAll
    ? Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address))
    : [host];
  const origins = new Set(allowedHosts.filter((entry) => entry.includes('://')));
  const allowedNames = allowedHosts.map((entry) => hostName(entry.replace(/^https?:\/\//, '')));
  const own = new Set([...addresses.map((address) => address.toLowerCase()), ...allowedNames]);

  /** The Host header of the last request that was let in: nearly always that of the next one too. */
  let lastHost: string | undefined;

  function isOwnOrigin({ origin, host: authority, hostname, protocol }: URL, hostHeader: string): boolean {
    if (origins.has(origin)) return true;
    if (isLoopback(hostname)) return isLoopback(hostName(hostHeader));
    return URL.parse(`${protocol}//${hostHeader}`)?.host === authority;
  }

  return {
    checkRequest({ headers, rawHeaders }) {
      const { host: hostHeader, origin } = headers;
      if (countOf('host', rawHeaders) > 1) {
        throw new AppError('INVALID_INPUT', 'The request has several Host headers.', {
          field: 'Host',
          expected: 'one',
        });
      }
      if (hostHeader === undefined || hostHeader !== lastHost) {
        const name = hostName(hostHeader ?? '');
        if (hostHeader === undefined || !(isLoopback(name) || own.has(name))) {
          throw foreignHost(hostHeader, new Set(['127.0.0.1', 'localhost', ...own]));
        }
        lastHost = hostHeader;
      }
      if (origin === undefined) return;
      const url = originUrl(origin);
      if (url === undefined || !/^https?:$/.test(url.protocol) || !isOwnOrigin(url, hostHeader)) {
        throw foreignOrigin(origin);
      }
    },
    checkPage({ headers }) {
      const site = headers['sec-fetch-site'];
      if (site === undefined || site === 'same-origin' || site === 'none') return;
      if (headers.origin !== undefined && origins.has(headers.origin.toLowerCase())) return;
      throw new AppError('FORBIDDEN', 'Pages of other sites may not call this server.', {
        field: 'Sec-Fetch-Site',
        expected: 'same-origin or none',
        got: site,
      });
    },
  };
}
