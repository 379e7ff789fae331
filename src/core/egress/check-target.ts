import { lookup as lookupHost } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError, systemCode } from '../errors.ts';
import { logOf } from '../telemetry/log.ts';
import { isPublicAddress } from './public-address.ts';

/** Where a request would go, by one of the addresses that its host has. */
export interface Target {
  readonly protocol: 'http:' | 'https:';
  /** In lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** Where requests of a client may go: anywhere, or where a rule allows it. */
export type Reach = 'anywhere' | ((target: Target) => boolean);

/** Addresses on the Internet, over TLS: what holds where nobody has said otherwise. */
export const publicOnly: Exclude<Reach, 'anywhere'> = ({ protocol, address }) =>
  protocol === 'https:' && isPublicAddress(address);

/** A host's addresses, checked: the only ones to connect to. */
export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a host name to its addresses. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

const resolveHost: Resolve = (host) => lookupHost(host, { all: true });

const log = logOf('egress');

function refused(url: URL, got: string): AppError {
  log.warn('call refused', { origin: url.origin, got });
  return new AppError('FORBIDDEN', `${url.origin} may not be called from here.`, {
    expected: 'an https address on the Internet, or one that policy allows',
    got,
    hint: `If that is meant: add "${url.protocol === 'http:' ? url.origin : url.host}" to egress.allow in policy.json (docs/policy.md).`,
  });
}

/**
 * The addresses to connect to. Every address of the host has to be allowed: one that is not shows that somebody plays with
 * the name. Undefined for a name that only a proxy can resolve. Throws `FORBIDDEN`, and what the resolver throws.
 */
export async function checkTarget(
  url: URL,
  reach: Exclude<Reach, 'anywhere'>,
  { hasProxy, resolve = resolveHost }: { readonly hasProxy: boolean; readonly resolve?: Resolve | undefined },
): Promise<readonly CheckedAddress[] | undefined> {
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') throw refused(url, protocol);
  const host = url.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port);
  let addresses: readonly { readonly address: string }[];
  try {
    addresses = isIP(host) > 0 ? [{ address: host }] : await resolve(host);
  } catch (error) {
    if (hasProxy && systemCode(error) === 'ENOTFOUND') return undefined;
    throw error;
  }
  for (const { address } of addresses) {
    if (!reach({ protocol, host, port, address })) throw refused(url, address === host ? protocol : address);
  }
  return addresses.map(({ address }) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
}
