import type { Address, ParsedMail } from '../message.ts';
import { basicCharsets } from './charsets.ts';
import type { HeaderReader } from './decode-words.ts';
import { decodeEncodedWords, decodeRawHeader } from './decode-words.ts';
import { readListArchiveAddress } from './list-archive-address.ts';
import { parseAddresses } from './parse-addresses.ts';
import { parseDate } from './parse-date.ts';
import type { RawHeader } from './split-headers.ts';

/** Message ids kept of References; the latest, since they name the nearest ancestors. */
const maxReferences = 1000;

/**
 * Addresses kept of To, of Cc and of each other field. Gmail sends a message to 500 at most
 * (support.google.com/mail/answer/22839), so that nobody can answer to more.
 */
const maxAddresses = 5000;

/** Of a longer value the beginning is read: 2,000 addresses have about 100,000 characters. */
const maxValueCharacters = 200_000;
/** Longer subjects and names are cut: whole sentences have 200 characters. */
const maxSubjectCharacters = 4000;
const maxNameCharacters = 1000;

/** What the header fields of a message say, decoded. */
export function readMailHeaders(
  rawHeaders: readonly RawHeader[],
  reader: HeaderReader,
): Omit<ParsedMail, 'text' | 'html' | 'attachments'> {
  const headers = rawHeaders.map(({ name, latin1 }) => ({
    name,
    raw: decodeRawHeader(latin1.slice(0, maxValueCharacters), reader),
  }));
  const valuesOf = (name: string): string[] => headers.filter((header) => header.name === name).map(({ raw }) => raw);
  // Of a header that may stand only once, the first counts: a second From must not outrank the one that was checked.
  const firstOf = (name: string): string => valuesOf(name)[0] ?? '';
  const decode = (value: string): string => withoutControls(decodeEncodedWords(value, reader));
  const addressesOf = (name: string): Address[] =>
    valuesOf(name)
      .flatMap((value) => readAddresses(value, reader))
      .slice(0, maxAddresses);

  const dateMs = parseDate(firstOf('date'));
  const references = [...readMessageIds(firstOf('references')), ...readMessageIds(firstOf('in-reply-to'))];
  return {
    from: readAddresses(firstOf('from'), reader).slice(0, maxAddresses),
    to: addressesOf('to'),
    cc: addressesOf('cc'),
    bcc: addressesOf('bcc'),
    replyTo: addressesOf('reply-to'),
    deliveredTo: valuesOf('delivered-to').map((value) => decode(value.replaceAll(/[<>]/g, ''))),
    subject: cut(decode(firstOf('subject')), maxSubjectCharacters),
    ...(dateMs === undefined ? {} : { dateMs }),
    messageId: readMessageIds(firstOf('message-id'))[0] ?? '',
    references: [...new Set(references)].slice(-maxReferences),
    listId: decode(firstOf('list-id')),
    headers: headers.map(({ name, raw }) => ({ name, value: decode(raw) })),
  };
}

/**
 * The addresses of a decoded header value (RFC 5322 section 3.4), groups flattened, encoded words in names decoded.
 * Linear in the length of the value.
 */
function readAddresses(value: string, reader: HeaderReader): Address[] {
  if (value === '') return [];
  const disguised = readListArchiveAddress(value);
  const decodeName = (name: string): string => withoutControls(decodeEncodedWords(name, reader));
  const addresses = disguised === undefined ? parseAddresses(value, decodeName, maxAddresses) : [disguised];
  return addresses.map(({ name, address }) => ({
    name: cut(withoutControls(name), maxNameCharacters),
    address: withoutControls(address),
  }));
}

/** The beginning of a text that is longer than any that a person writes. */
function cut(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1).toWellFormed()}…`;
}

/** The addresses of a list that was decoded before, as a summary holds it. */
export function parseAddressList(value: string): Address[] {
  return readAddresses(value, { charsets: basicCharsets() });
}

/** A control character that hid in an encoded word must not break a line of the reader's output. */
function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

/** Ids in angle brackets; a lone id without brackets counts too. What else stands there (old In-Reply-To) is prose. */
function readMessageIds(value: string): string[] {
  const bracketed = value.match(/<[^<>]+>/g)?.map((id) => id.slice(1, -1).replaceAll(/\s/g, ''));
  if (bracketed !== undefined) return bracketed.filter((id) => id !== '');
  return /^[^\s<>@]+@[^\s<>@]+$/.test(value) ? [value] : [];
}
