import { trimEndOf } from '../../core/trim-end-of.ts';
import { domainToASCII, domainToUnicode } from 'node:url';
import { skeleton } from '../../mail/sender/look-alike.ts';

/** What a local part may be without quotes (RFC 5322 section 3.2.3, RFC 6532). */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~.\u{80}-\u{10ffff}-]+$/u;

/**
 * A local part without what means nothing: comments, white space around its words, quotes and backslashes that it does not
 * need (RFC 5322 sections 3.2.2 and 4.4, RFC 5321 section 4.1.2).
 */
function plainLocalPart(written: string): string {
  let plain = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < written.length; at += 1) {
    const character = written.charAt(at);
    if (character === '\\' && (isQuoted || depth > 0)) {
      at += 1;
      if (depth === 0) plain += written.charAt(at);
    } else if (isQuoted) {
      if (character === '"') isQuoted = false;
      else plain += character;
    } else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0 && character === '"') isQuoted = true;
    else if (depth === 0 && /\S/.test(character)) plain += character;
  }
  return plain === '' || dotAtom.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/**
 * The address in the form in which two that mean the same are equal: lower case, NFC, the domain in punycode and without
 * a dot at its end, no comments, no quotes around a local part that needs none (RFC 5891).
 */
export function canonicalAddress(address: string): string {
  const text = address.normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  const localPart = text.slice(0, Math.max(at, 0));
  const domain = trimEndOf(text.slice(at + 1), '.');
  return `${plainLocalPart(localPart)}@${domainToASCII(domain) || domain}`;
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

/** Whether a pattern of a deny list covers an address, another address of the same mailbox, or one that looks like it. */
export function deniesAddress(pattern: string, address: string): boolean {
  if (denies(pattern, address)) return true;
  const canonical = canonicalAddress(address);
  const at = canonical.lastIndexOf('@') + 1;
  const shown = `${canonical.slice(0, at)}${domainToUnicode(canonical.slice(at))}`;
  // Plain letters are what they look like: `mall.example` is not to be refused for `mail.example`.
  return /[^ -~]/.test(shown) && denies(looksOf(pattern), looksOf(shown));
}

function denies(pattern: string, address: string): boolean {
  return pattern.startsWith('@')
    ? coversDomain(pattern, mailboxAddress(address)) || coversDomain(pattern, canonicalAddress(address))
    : mailboxAddress(address) === mailboxAddress(pattern);
}

/** What an address or a pattern looks like, in plain letters and without what shows nothing. */
function looksOf(address: string): string {
  return skeleton(address.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''));
}
