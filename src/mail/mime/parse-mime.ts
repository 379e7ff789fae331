import { decodeUnlabelled } from './decode-bytes.ts';
import { readListArchiveAddress } from './list-archive-address.ts';
import type { Address, ParsedMail } from '../message.ts';
import type { MimeContent } from './mime-library.ts';
import { decodeEncodedWords, parseAddressList, parseContent } from './mime-library.ts';
import { parseDate } from './parse-date.ts';
import type { RawHeader } from './split-headers.ts';
import { splitHeaders } from './split-headers.ts';

/** Message ids kept of References; the latest, since they name the nearest ancestors. */
const maxReferences = 1000;

/**
 * Everything a message says of itself. However broken the message is, what can be read is read; throws
 * `INVALID_INPUT` with the reason only where the parser refuses the structure (over 256 levels of parts, over 2 MiB
 * of part headers): then {@link parseHeadersOnly} still reads the header.
 */
export async function parseMime(raw: Uint8Array): Promise<ParsedMail> {
  const { headers, bodyOffset } = splitHeaders(raw);
  const body = raw.subarray(bodyOffset);
  const content = readPlainBody(headers, body) ?? rescueBody(await parseContent(headers, body), body);
  return { ...readHeaders(headers), ...content };
}

/** Parts without the boundary that the header promises are parts of nothing: then the body is shown as it stands. */
function rescueBody(content: MimeContent, body: Uint8Array): MimeContent {
  const isEmpty = content.text === undefined && content.html === undefined && content.attachments.length === 0;
  if (!isEmpty) return content;
  const text = plainTextOf(body);
  return text.trim() === '' ? content : { ...content, text };
}

function plainTextOf(body: Uint8Array): string {
  return decodeUnlabelled(body).replaceAll('\r\n', '\n');
}

/** What the header says, without any body. Never throws: so a message stays readable that `parseMime` refuses. */
export function parseHeadersOnly(raw: Uint8Array): ParsedMail {
  return { ...readHeaders(splitHeaders(raw).headers), attachments: [] };
}

/** Content headers, in the forms that ask for no decoding beyond a charset that every Unicode text fits. */
const plainContent: Readonly<Record<string, RegExp>> = {
  'content-type': /^text\/plain *(; *charset *= *"?(us-ascii|utf-8)"? *)?;?$/i,
  'content-transfer-encoding': /^(7bit|8bit|binary)$/i,
  'content-length': /^\d*$/,
  'content-language': /^/,
};

/**
 * The text of a message that is one plain text (most of a list archive), many times as fast as the library reads it.
 * Undefined where the header asks for more.
 */
function readPlainBody(headers: readonly RawHeader[], body: Uint8Array): MimeContent | undefined {
  const isPlain = headers.every(({ name, latin1 }) => !name.startsWith('content-') || plainContent[name]?.test(latin1));
  if (!isPlain) return undefined;
  const text = plainTextOf(body);
  return { ...(text === '' ? {} : { text }), attachments: [] };
}

function readHeaders(rawHeaders: readonly RawHeader[]): Omit<ParsedMail, 'text' | 'html' | 'attachments'> {
  const valuesOf = (name: string): string[] => rawHeaders.filter((header) => header.name === name).map((h) => h.value);
  // Of a header that may stand only once, the first counts: a second From must not outrank the one that was checked.
  const firstOf = (name: string): string => valuesOf(name)[0] ?? '';
  const addressesOf = (name: string): Address[] => valuesOf(name).flatMap(readAddresses);

  const dateMs = parseDate(firstOf('date'));
  return {
    from: readAddresses(firstOf('from')),
    to: addressesOf('to'),
    cc: addressesOf('cc'),
    bcc: addressesOf('bcc'),
    replyTo: addressesOf('reply-to'),
    deliveredTo: valuesOf('delivered-to').map((value) => decodeText(value.replaceAll(/[<>]/g, ''))),
    subject: decodeText(firstOf('subject')),
    ...(dateMs === undefined ? {} : { dateMs }),
    messageId: readMessageIds(firstOf('message-id'))[0] ?? '',
    references: [
      ...new Set([...readMessageIds(firstOf('references')), ...readMessageIds(firstOf('in-reply-to'))]),
    ].slice(-maxReferences),
    listId: decodeText(firstOf('list-id')),
    headers: rawHeaders.map(({ name, value }) => ({ name, value: decodeText(value) })),
  };
}

/** Decodes encoded words. A control character that hid in one must not break a line of the reader's output. */
function decodeText(value: string): string {
  return withoutControls(decodeEncodedWords(value));
}

function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

function readAddresses(value: string): Address[] {
  if (value === '') return [];
  const disguised = readListArchiveAddress(value);
  const addresses = disguised === undefined ? parseAddressList(value) : [disguised];
  return addresses.map(({ name, address }) => ({ name: withoutControls(name), address: withoutControls(address) }));
}

/** Ids in angle brackets; a lone id without brackets counts too. What else stands there (old In-Reply-To) is prose. */
function readMessageIds(value: string): string[] {
  const bracketed = Array.from(value.matchAll(/<([^<>]+)>/g), (match) => (match[1] ?? '').replaceAll(/\s/g, ''));
  if (bracketed.length > 0) return bracketed.filter((id) => id !== '');
  return /^[^\s<>@]+@[^\s<>@]+$/.test(value) ? [value] : [];
}
