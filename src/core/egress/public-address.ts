import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 addresses that are not reachable everywhere (IANA's registry of special-purpose addresses, RFC 6890), and multicast. */
const specialIPv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * The same of IPv6, within 2000::/3: what lies outside of that is not given out. 6to4 and Teredo hold IPv4 addresses that
 * somebody else forwards to.
 */
const specialIPv6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Prefixes in front of an IPv4 address: mapped (RFC 4291) and translated (RFC 6052). */
const embeddingPrefixes = ['::ffff:', '64:ff9b::'];

function blockList(subnets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family);
  return list;
}

const ipv4 = blockList(specialIPv4, 'ipv4');
const ipv6 = blockList(specialIPv6, 'ipv6');
const globalIPv6 = blockList([['2000::', 3]], 'ipv6');

/** The IPv4 address in an IPv6 address that stands for one, or undefined. */
function embeddedIPv4(address: string): string | undefined {
  // Written as the last 32 bits in hexadecimal, as URLs have it, or with dots.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const prefix = embeddingPrefixes.find((one) => canonical.startsWith(one));
  const match = prefix === undefined ? null : /^([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical.slice(prefix.length));
  if (match === null) return undefined;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Whether an IP address can be anybody's on the Internet: not this machine, its network, or a range with another purpose. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !ipv4.check(address, 'ipv4');
  // An address with a zone (fe80::1%eth0) is one of this machine's links.
  if (!isIPv6(address) || address.includes('%')) return false;
  const embedded = embeddedIPv4(address);
  if (embedded !== undefined) return isPublicAddress(embedded);
  return globalIPv6.check(address, 'ipv6') && !ipv6.check(address, 'ipv6');
}
