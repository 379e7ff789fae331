import { domainToASCII, domainToUnicode } from 'node:url';
import { AppError } from '../../core/errors.ts';
import type { Address } from '../message.ts';
import { requireHeaderText } from './header-text.ts';

/** RFC 5321 section 4.5.3.1, in bytes. */
const maxLocalPartBytes = 64;
const maxAddressBytes = 254;

/** More than any person's or firm's name; a longer one is text that went astray. */
const maxNameCharacters = 320;

/** RFC 5322 section 3.2.3, with the letters of all scripts (RFC 6532). */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+)*$/u;
const quotedString = /^"(?:[^"\\]|\\.)*"$/u;
const hostLabel = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;
const invisible = /[\s\p{Default_Ignorable_Code_Point}]/u;

/**
 * The address in the one form in which it is written: the domain in lower case and, for a local part in ASCII, in
 * punycode (RFC 5891); an address with another local part stays Unicode throughout (RFC 6531). Spaces around the name go,
 * runs of them become one. Throws `INVALID_INPUT` naming `field` and `got`.
 */
export function requireAddress({ name, address }: Address, field: string): Address {
  const shownName = requireHeaderText(name, field).replaceAll(/ +/g, ' ').trim();
  if (shownName.length > maxNameCharacters) throw refusal(field, `${name.slice(0, 60)}…`, 'has too long a name');
  const text = requireHeaderText(address, field);
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1) throw refusal(field, text, 'is no address');
  const localPart = text.slice(0, at);
  const isLocalPart = dotAtom.test(localPart) ? !invisible.test(localPart) : quotedString.test(localPart);
  // Allowed there, but some readers would decode what begins so, and take it for another address.
  const looksEncoded = localPart.includes('=?');
  if (!isLocalPart || looksEncoded) throw refusal(field, text, `has "${localPart}" before the @, which cannot be`);
  const domain = canonicalDomain(text.slice(at + 1));
  if (domain === undefined) throw refusal(field, text, `has no domain name behind the @`);
  const isAscii = /^[ -~]*$/.test(localPart);
  const canonical = `${localPart}@${isAscii ? domain : domainToUnicode(domain)}`;
  const isTooLong = Buffer.byteLength(localPart) > maxLocalPartBytes || Buffer.byteLength(canonical) > maxAddressBytes;
  if (isTooLong) throw refusal(field, `${text.slice(0, 60)}…`, 'is longer than an address can be');
  return { name: shownName, address: canonical };
}

function refusal(field: string, got: string, what: string): AppError {
  return new AppError('INVALID_INPUT', `${field}: "${got}" ${what}.`, {
    field,
    expected: 'name@example.org or Name <name@example.org>',
    got,
  });
}

function canonicalDomain(domain: string): string | undefined {
  const isAscii = /^[A-Za-z\d.-]+$/.test(domain);
  if (!isAscii && (!/^[\w.\u{80}-\u{10ffff}-]+$/u.test(domain) || invisible.test(domain))) return undefined;
  const ascii = isAscii ? domain.toLowerCase() : domainToASCII(domain);
  const labels = ascii.split('.');
  // A last label of digits alone is a number on the network, whatever script it was written in.
  const isHost = labels.every((label) => hostLabel.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return isHost && ascii.length <= 253 ? ascii : undefined;
}

/** What two addresses of one mailbox have in common, as far as every mail system agrees: no difference of case. */
export function comparableAddress(address: string): string {
  return address.toLowerCase();
}

/**
 * What all addresses of one Gmail mailbox have in common: gmail.com takes dots and what follows a `+` for nothing, and
 * googlemail.com is gmail.com (support.google.com/mail/answer/7436150, 22313).
 */
export function comparableMailbox(address: string): string {
  const comparable = comparableAddress(address);
  const match = /^(.+)@(?:gmail|googlemail)\.com$/.exec(comparable);
  if (match === null) return comparable;
  const user = (match[1] ?? '').split('+', 1).join('').replaceAll('.', '');
  return `${user}@gmail.com`;
}

/** Each mailbox once, where it stands first; what stands in `taken` is left out. */
export function withoutDuplicates(addresses: readonly Address[], taken: ReadonlySet<string> = new Set()): Address[] {
  const seen = new Set(taken);
  return addresses.filter(({ address }) => {
    const comparable = comparableAddress(address);
    const isNew = !seen.has(comparable);
    seen.add(comparable);
    return isNew;
  });
}
