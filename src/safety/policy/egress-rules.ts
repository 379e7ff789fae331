import { BlockList, isIP } from 'node:net';
import { publicOnly, type Reach, type Target } from '../../core/egress/check-target.ts';

/** A host, a domain's subdomains or a network, with a port where it matters, and `http://` where that will do. */
const pattern =
  /^(?<plain>http:\/\/)?(?:(?<network>[\d.]+\/\d{1,2}|\[[\da-f:.]+\/\d{1,3}\])|\[(?<ipv6>[\da-f:.]+)\]|(?<host>(?:\*\.)?[\w-]+(?:\.[\w-]+)*))(?::(?<port>\d{1,5}))?$/;

/** One entry of `egress.allow` or `egress.deny`, read. */
interface EgressPattern {
  readonly isPlain: boolean;
  readonly port?: number;
  readonly matches: (target: Pick<Target, 'host' | 'address'>) => boolean;
}

/** Reads an entry, or returns undefined for what is none. */
export function readEgressPattern(text: string): EgressPattern | undefined {
  const groups = pattern.exec(text.trim().toLowerCase())?.groups;
  if (groups === undefined) return undefined;
  const { plain, network, ipv6, host = ipv6 ?? '', port } = groups;
  const matches = network === undefined ? matchHost(host) : matchNetwork(network);
  if (matches === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return { isPlain: plain !== undefined, matches, ...(port === undefined ? {} : { port: Number(port) }) };
}

function matchHost(host: string): EgressPattern['matches'] {
  // An address is one by whatever name it was called.
  if (isIP(host) > 0) return ({ address }) => address === host;
  if (host.startsWith('*.')) return (target) => target.host.endsWith(host.slice(1));
  return (target) => target.host === host;
}

function matchNetwork(network: string): EgressPattern['matches'] | undefined {
  const [address = '', prefix = ''] = network.replace(/^\[|\]$/g, '').split('/');
  const family = isIP(address);
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return (target) => {
    const targetFamily = isIP(target.address);
    return targetFamily > 0 && list.check(target.address, targetFamily === 4 ? 'ipv4' : 'ipv6');
  };
}

/** What `policy.json` says of what may be called from here. */
export interface EgressRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Whether anything on the Internet may be called over https. */
  readonly internet: boolean;
}

function isMet({ matches, port }: EgressPattern, target: Target): boolean {
  return matches(target) && (port === undefined || port === target.port);
}

/** Where requests may go that somebody else has given the address of, such as webhooks. What is denied is never allowed. */
export function egressReach({ allow, deny, internet }: EgressRules): Exclude<Reach, 'anywhere'> {
  const allowed = allow.flatMap((text) => readEgressPattern(text) ?? []);
  const denied = deny.flatMap((text) => readEgressPattern(text) ?? []);
  return (target) => {
    if (denied.some((entry) => isMet(entry, target))) return false;
    if (allowed.some((entry) => isMet(entry, target) && (entry.isPlain || target.protocol === 'https:'))) return true;
    return internet && publicOnly(target);
  };
}
