import { trimEndOf } from '../../core/trim-end-of.ts';
import { domainToASCII, domainToUnicode } from 'node:url';

const quotedAtoms = /^"([^"\\\s]+)"$/u;

/**
 * The address in the form in which two that mean the same are equal: lower case, NFC, the domain in punycode and without
 * a dot at its end, no quotes around a local part that needs none (RFC 5321 section 4.1.2, RFC 5891).
 */
export function canonicalAddress(address: string): string {
  const text = address.normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  const localPart = text.slice(0, Math.max(at, 0));
  const domain = trimEndOf(text.slice(at + 1), '.');
  return `${quotedAtoms.exec(localPart)?.[1] ?? localPart}@${domainToASCII(domain) || domain}`;
}

/**
 * What the addresses of one mailbox have in common: nothing behind a `+` (RFC 5233), and at gmail.com, which is also
 * googlemail.com, no dots (support.google.com/mail/answer/7436150). Wider than the truth for servers without them.
 */
export function mailboxAddress(address: string): string {
  const canonical = canonicalAddress(address);
  const at = canonical.lastIndexOf('@');
  const plus = canonical.indexOf('+', 1);
  const localPart = canonical.slice(0, plus > 0 && plus < at ? plus : at);
  const domain = canonical.slice(at + 1);
  if (domain !== 'gmail.com' && domain !== 'googlemail.com') return `${localPart}@${domain}`;
  return `${localPart.replaceAll('.', '')}@gmail.com`;
}

/** The ways in which mail may spell an address: its domain in punycode and in letters. */
export function spellingsOf(address: string): ReadonlySet<string> {
  const canonical = canonicalAddress(address);
  const at = canonical.lastIndexOf('@') + 1;
  return new Set([canonical, `${canonical.slice(0, at)}${domainToUnicode(canonical.slice(at))}`]);
}

function coversDomain(pattern: string, canonical: string): boolean {
  const domain = canonical.slice(canonical.lastIndexOf('@') + 1);
  const wanted = canonicalAddress(pattern.replace('@*.', '@')).slice(1);
  return pattern.startsWith('@*.') ? domain.endsWith(`.${wanted}`) : domain === wanted;
}

/** Whether a pattern of an allow list (`ann@example.org`, `@example.org`, `@*.example.org`) covers this very address. */
export function allowsAddress(pattern: string, address: string): boolean {
  const canonical = canonicalAddress(address);
  return pattern.startsWith('@') ? coversDomain(pattern, canonical) : canonical === canonicalAddress(pattern);
}

/** Whether a pattern of a deny list covers an address, or another address of the same mailbox. */
export function deniesAddress(pattern: string, address: string): boolean {
  return pattern.startsWith('@')
    ? coversDomain(pattern, mailboxAddress(address)) || coversDomain(pattern, canonicalAddress(address))
    : mailboxAddress(address) === mailboxAddress(pattern);
}
