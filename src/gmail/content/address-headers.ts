import type { ApiPart } from '../client/api-schemas.ts';

/*
 * Google gives header values with their encoded words (RFC 2047) decoded, and nobody has promised that it always does.
 * In a decoded value a name may hold what looks like an address or a comma between two: it is text that has become
 * structure. So values are read with the care that follows from not knowing, and an answer is addressed from the header
 * of the message itself wherever that could make a difference.
 */

/** Headers that hold addresses (RFC 5322 sections 3.6.2, 3.6.3 and 3.6.6). */
const addressHeaders: ReadonlySet<string> = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc']);

const address = String.raw`[^\s<>@,;:"()]+@[^\s<>@,;:"()]+`;
const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const bareAddress = new RegExp(`^${address}$`);
/** A name of words without anything that has a meaning in an address, or in quotes, and one address. */
const namedAddress = new RegExp(String.raw`^(?:[\w!#$%&'*+/=?^\`{|}~. -]|${quoted})*<${address}>$`);
const endsWithAddress = new RegExp(`<${address}>$`);
/** A group (RFC 5322 section 3.4), such as `undisclosed-recipients:;`. */
const group = new RegExp(`^[^<>@,;:"]*:[^<>"]*;$`);
// oxlint-disable-next-line no-control-regex -- the range of ASCII itself
const ascii = /^[\x20-\x7e]*$/;

/** Whether a value of one address means the same whether Google has decoded it or not. */
function isPlain(value: string): boolean {
  return ascii.test(value) && !value.includes('=?') && namedAddress.test(value);
}

/**
 * Whether an answer must not go by these headers: one of them may be text of a name that decoding has turned into an
 * address. `own` is the address of the mailbox. Plain mail from one person to the owner is sure; lists of several
 * addresses, which a decoded comma can make, are not.
 */
export function hasDoubtfulAddresses({ headers }: ApiPart, own: string): boolean {
  const valuesOf = (wanted: string): readonly string[] =>
    headers.filter(({ name }) => name.toLowerCase() === wanted).map(({ value }) => value.trim());
  const from = valuesOf('from');
  const [sender = ''] = from;
  if (from.length !== 1 || !isPlain(sender)) return true;
  const isSender = (value: string): boolean => isPlain(value) && addressIn(value) === addressIn(sender);
  const isOwn = (value: string): boolean =>
    addressIn(value) === own.toLowerCase() && (isPlain(value) || bareAddress.test(value));
  return (
    valuesOf('reply-to').some((value) => !isSender(value)) ||
    ['to', 'cc', 'bcc'].some((name) => valuesOf(name).some((value) => value !== '' && !isOwn(value)))
  );
}

function addressIn(value: string): string {
  return (/<([^<>]*)>$/.exec(value)?.[1] ?? value).toLowerCase();
}

/** A header's value in the form that a parser reads without mistaking names for addresses; others stay as they are. */
export function structuredHeader(name: string, value: string): string {
  const lowerName = name.toLowerCase();
  const trimmed = value.trim();
  if (!addressHeaders.has(lowerName) || isPlain(trimmed)) return value;
  // Not decoded: then the parser takes it apart before it decodes.
  if (ascii.test(trimmed) && (trimmed.includes('=?') || group.test(trimmed))) return value;
  const isOfOne = lowerName === 'from' || lowerName === 'sender';
  const items = isOfOne ? [trimmed] : splitList(trimmed);
  return items.map(structuredItem).join(', ');
}

/** The items of a list: a comma ends one only behind an address, as what stands before it is else part of a name. */
function splitList(value: string): readonly string[] {
  const items: string[] = [];
  let item = '';
  for (const piece of value.split(/(?<=[,;])/)) {
    item += piece;
    const complete = item.replace(/[,;]$/, '').trim();
    if (!endsWithAddress.test(complete) && !bareAddress.test(complete)) continue;
    items.push(complete);
    item = '';
  }
  const rest = item.trim();
  return rest === '' ? items : [...items, rest];
}

/** `name <address>` with whatever the name is in quotes: of several addresses the last is the real one. */
function structuredItem(item: string): string {
  // A comment behind it (RFC 5322 section 3.2.2) is no part of the address.
  const found = /^(.*)(<[^<>]*>)\s*(?:\([^()]*\))?$/s.exec(item);
  if (found === null) return item;
  const [, written = '', end = ''] = found;
  const text = written.trim();
  if (text === '') return end;
  const inner = new RegExp(`^${quoted}$`).test(text) ? text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : text;
  return `"${inner.replaceAll(/["\\]/g, String.raw`\$&`)}" ${end}`;
}
