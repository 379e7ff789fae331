import { isAbsolute } from 'node:path';
import { isAccountAddress } from './account-address.ts';
import { isLoopback } from './loopback.ts';
import { listForm, readList } from './read-list.ts';

/** Throws what a value should have been, as the end of "expected …". */
export function expected(what: string): never {
  throw new Error(what);
}

/** How the text of a variable becomes its value: each of these returns it, or throws what was expected. */
export function oneOf<const T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => values.find((value) => value === text) ?? expected(`one of ${values.join(', ')}`);
}

/** A list of values that names at least one, and nothing else. */
export function setOf<const T extends string>(
  values: readonly T[],
  all: readonly T[] = values,
): (text: string) => ReadonlySet<T> {
  return (text) => {
    const { named, unknown } = readList(values, text, all);
    return named.length > 0 && unknown.length === 0 ? new Set(named) : expected(listForm(values));
  };
}

export function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return value >= 0 && value <= 65535 ? value : expected('a port from 0 to 65535');
}

export function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    return value >= least && value <= most ? value : expected(`a whole number from ${least} to ${most}`);
  };
}

export const printable = (text: string): string =>
  /^[\x21-\x7e]+$/.test(text) ? text : expected('printable characters without spaces');

/** Google's own host over https, or anything on this machine: mail must not be sent elsewhere by a variable. */
export function googleUrl(googleHosts: readonly string[]): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isGoogle = url?.protocol === 'https:' && googleHosts.includes(url.host);
    const isLocal = url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
    return isGoogle || isLocal ? text : expected(`https://${googleHosts[0]}/ or an address on this machine`);
  };
}

/** A resource of Cloud Pub/Sub by its whole name (cloud.google.com/pubsub/docs/pubsub-basics#resource_names). */
export function pubsubName(kind: 'topics' | 'subscriptions'): (text: string) => string {
  const pattern = new RegExp(`^projects/[a-z][a-z\\d-]{4,28}[a-z\\d]/${kind}/[A-Za-z][\\w.~+%-]{2,254}$`);
  return (text) => (pattern.test(text) ? text : expected(`projects/PROJECT/${kind}/NAME`));
}

export function mirrored(text: string): 'off' | 'on' | readonly string[] {
  if (text === 'on' || text === 'off') return text;
  return text.split(',').map((word) => account(word.trim()));
}

export const absolutePath = (text: string): string => (isAbsolute(text) ? text : expected('an absolute path'));

export const account = (text: string): string =>
  isAccountAddress(text) ? text.toLowerCase() : expected('an e-mail address');

/** A host name or an address; an IPv6 address may stand in brackets, as in a URL. */
export const hostPattern = /^\[?([\w.:-]+)\]?$/;

/** A host name or an address as it is, or an origin; in lower case, an origin without its default port. */
export function allowedHost(text: string): string {
  const form = 'names such as mail.lan, or origins such as https://mail.lan:8443, comma-separated';
  const name = text.toLowerCase();
  if (/^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])$/.test(name)) return name;
  const url = /^https?:\/\/[^/]+$/.test(name) ? URL.parse(name) : null;
  return url !== null && url.username === '' && url.password === '' ? url.origin : expected(form);
}

/** An address, or all of a domain as `@example.org`. */
export function channelSender(text: string): string {
  const isDomain = /^@[\w-]+(?:\.[\w-]+)+$/.test(text);
  return isDomain || isAccountAddress(text) ? text : expected('addresses, or domains as @example.org, comma-separated');
}
