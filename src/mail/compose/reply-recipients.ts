import type { Address, MailContent } from '../message.ts';
import { comparableAddress, comparableMailbox, requireAddress, withoutDuplicates } from './address-syntax.ts';
import { asHeaderText } from './header-text.ts';

/** Whom an answer goes to, and what a person should know of that. */
export interface ReplyRecipients {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly warnings: readonly string[];
}

export interface ReplyScope {
  /** Everybody who got the message, not only who wrote it. */
  readonly all: boolean;
  /** Every address of the account, aliases included. */
  readonly ownAddresses: readonly string[];
}

/**
 * Whom an answer to `original` goes to (RFC 5322 section 3.6.3): its Reply-To, else its From; with `all` also its To and
 * Cc. Own addresses are left out; an answer to one's own message goes to whom that went. A Reply-To that a mailing list
 * has put there (it is the address of List-Post) does not draw a private answer into the list. Addresses that are none
 * are left out and named in a warning. Nobody may be left.
 */
export function replyRecipients(original: MailContent, { all, ownAddresses }: ReplyScope): ReplyRecipients {
  const own = new Set(ownAddresses.map(comparableMailbox));
  const isOwn = ({ address }: Address): boolean => own.has(comparableMailbox(address));
  const warnings: string[] = [];
  const valid = (addresses: readonly Address[]): Address[] =>
    addresses.flatMap((address) => {
      const cleaned = writable(address);
      if (cleaned === undefined) warnings.push(`Left out, as it is no address: ${asHeaderText(shown(address))}`);
      return cleaned ?? [];
    });

  const [from, originalTo, originalCc] = [valid(original.from), valid(original.to), valid(original.cc)];
  const replyTo = valid(original.replyTo);
  // A form on one's own site writes as oneself, with the visitor in Reply-To.
  if (from.length > 0 && [...from, ...replyTo].every(isOwn)) {
    const others = withoutDuplicates(originalTo.filter((address) => !isOwn(address)));
    const cc = all ? rest(originalCc, others, isOwn) : [];
    // A note to oneself is answered to oneself.
    return { to: others.length + cc.length > 0 ? others : withoutDuplicates(from), cc, warnings };
  }

  const { authors, lists } = splitLists(replyTo.length > 0 ? replyTo : from, from, listAddresses(original));
  if (lists.length > 0 && !all) warnings.push(listWarning(authors, lists));
  if (lists.length === 0) warnings.push(...otherAddressWarning(from, replyTo));
  const primary = withoutDuplicates(authors.length > 0 ? [...authors, ...(all ? lists : [])] : lists);
  const others = primary.filter((address) => !isOwn(address));
  const to = others.length > 0 ? others : primary;
  if (!all) return { to, cc: [], warnings };

  const isNamed = [...originalTo, ...originalCc, ...replyTo].some(isOwn);
  if (!isNamed && lists.length === 0 && listAddresses(original).size === 0) {
    warnings.push('You are not among the recipients named: an answer to all shows them that you got a copy.');
  }
  const allTo = [...to, ...rest(originalTo, to, isOwn)];
  return { to: allTo, cc: rest(originalCc, allTo, isOwn), warnings };
}

/** The own address that the message came to, to answer from; undefined where it names none. */
export function receivingAddress(original: MailContent, ownAddresses: readonly string[]): string | undefined {
  const named = [...original.to, ...original.cc, ...original.bcc].map(({ address }) => address);
  const seen = [...named, ...original.deliveredTo, ...original.from.map(({ address }) => address)];
  for (const address of seen) {
    const own = ownAddresses.find((one) => comparableMailbox(one) === comparableMailbox(address));
    if (own !== undefined) return own;
  }
  return undefined;
}

function rest(
  addresses: readonly Address[],
  taken: readonly Address[],
  isOwn: (address: Address) => boolean,
): Address[] {
  const already = new Set(taken.map(({ address }) => comparableAddress(address)));
  return withoutDuplicates(
    addresses.filter((address) => !isOwn(address)),
    already,
  );
}

/** An answer meant for one author must not reach a list; where only the list is left, there is no other way. */
function splitLists(
  primary: readonly Address[],
  from: readonly Address[],
  listAddressesOfMail: ReadonlySet<string>,
): { readonly authors: readonly Address[]; readonly lists: readonly Address[] } {
  const isList = ({ address }: Address): boolean => listAddressesOfMail.has(comparableAddress(address));
  const named = primary.filter((address) => !isList(address));
  const authors = named.length > 0 ? named : from.filter((address) => !isList(address));
  return { authors, lists: primary.filter(isList) };
}

/** Whoever writes a message chooses its Reply-To: it may be a stranger's. */
function otherAddressWarning(from: readonly Address[], replyTo: readonly Address[]): string[] {
  const senders = new Set(from.map(({ address }) => comparableAddress(address)));
  const others = replyTo.filter(({ address }) => !senders.has(comparableAddress(address)));
  if (others.length === 0) return [];
  const [asked, sender] = [others, from].map((list) => list.map(({ address }) => address).join(', '));
  return [`The message asks for answers to ${asked}, which is not its sender ${sender}.`];
}

function listWarning(authors: readonly Address[], lists: readonly Address[]): string {
  const list = lists.map(({ address }) => address).join(', ');
  return authors.length === 0
    ? `The answer goes to the mailing list ${list}: the message names no author's address.`
    : `The answer goes to the author alone; the mailing list ${list} asks for answers to itself: answer to all for that.`;
}

/** Addresses of List-Post (RFC 2369 section 3.4). */
function listAddresses(original: MailContent): ReadonlySet<string> {
  const values = original.headers.filter(({ name }) => name === 'list-post').map(({ value }) => value);
  const addresses = values.flatMap((value) =>
    Array.from(value.matchAll(/<mailto:([^>?]+)/gi), (match) => comparableAddress(decoded(match[1] ?? ''))),
  );
  return new Set(addresses);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function writable({ name, address }: Address): Address | undefined {
  try {
    return requireAddress(
      { name: asHeaderText(name).slice(0, 320).toWellFormed(), address: address.trim() },
      'address',
    );
  } catch {
    return undefined;
  }
}

function shown({ name, address }: Address): string {
  return name === '' ? address : `${name} <${address}>`;
}
