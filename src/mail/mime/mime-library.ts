import PostalMime, { addressParser, decodeWords } from 'postal-mime';
import type { Attachment as LibraryAttachment, Email } from 'postal-mime';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Address, Attachment } from '../message.ts';
import { safeFilename } from './safe-filename.ts';
import type { RawHeader } from './split-headers.ts';

// The one file that knows postal-mime: another library is put in its place here.

/** The readable parts of a message. */
export interface MimeContent {
  readonly text?: string;
  readonly html?: string;
  readonly attachments: readonly Attachment[];
}

/** Messages in messages that are read as text; deeper ones become attachments. Each level costs a parse of its own. */
const maxInnerMessages = 3;

/**
 * Reads the body that goes with `headers`. Throws `INVALID_INPUT` with the reason where the structure is refused:
 * over 256 levels of parts, or over 2 MiB of part headers.
 */
export async function parseContent(headers: readonly RawHeader[], body: Uint8Array): Promise<MimeContent> {
  const raw = withContentHeaders(headers, body);
  const { text, html, attachments } = await parseWithLibrary(raw);
  const shownContentIds = contentIdsIn(html ?? '');
  const hasOwnText = text !== undefined && (html === undefined || hasAlternatives(raw));
  return {
    ...(hasOwnText ? { text } : {}),
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map((attachment) => convertAttachment(attachment, shownContentIds)),
  };
}

/**
 * Whether a text beside HTML was written by the sender. Where no part offers alternatives, the library has made one of
 * the HTML, hidden text included, and the HTML holds all parts.
 */
function hasAlternatives(raw: Uint8Array): boolean {
  return /multipart\/alternative/i.test(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1'));
}

/** Decodes the encoded words (RFC 2047) of a header value. */
export function decodeEncodedWords(value: string): string {
  return decodeWords(value);
}

/** Reads an address list (RFC 5322 section 3.4), groups flattened, encoded words decoded. */
export function parseAddressList(value: string): Address[] {
  return addressParser(withoutNestedGroups(value), { flatten: true }).map(({ name, address }) => ({
    name,
    address: address ?? '',
  }));
}

/** Only the content headers matter to the body; the library would spend its time on the others once more. */
function withContentHeaders(headers: readonly RawHeader[], body: Uint8Array): Uint8Array {
  const lines = headers.filter(({ name }) => name.startsWith('content-')).map((h) => `${h.name}: ${h.latin1}\r\n`);
  return Buffer.concat([Buffer.from(`${lines.join('')}\r\n`, 'latin1'), body]);
}

async function parseWithLibrary(raw: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(raw, { maxRfc822NestingDepth: maxInnerMessages });
  } catch (error) {
    const reason = messageOf(error);
    throw new AppError(
      'INVALID_INPUT',
      `The MIME structure of the message was refused: ${reason}.`,
      { expected: 'at most 256 levels of parts and 2 MiB of headers', got: reason },
      error,
    );
  }
}

/** Groups must not nest (RFC 5322), but the library follows them 50 deep and reads the rest anew at each level. */
function withoutNestedGroups(value: string): string {
  const isLong = value.length > 10_000;
  return isLong && /:[^;]*:/.test(value) ? value.replaceAll(':', ' ') : value;
}

function convertAttachment(attachment: LibraryAttachment, shownContentIds: ReadonlySet<string>): Attachment {
  const contentId = attachment.contentId?.replaceAll(/[<>\s]/g, '') ?? '';
  const content = bytesOf(attachment.content);
  return {
    filename: safeFilename(attachment.filename ?? undefined),
    mimeType: attachment.mimeType,
    isInline: shownContentIds.has(contentId),
    ...(contentId === '' ? {} : { contentId }),
    sizeBytes: content.byteLength,
    content,
  };
}

function bytesOf(content: LibraryAttachment['content']): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}

/** The ids of `cid:` addresses (RFC 2392) that an HTML body refers to. */
function contentIdsIn(html: string): Set<string> {
  return new Set(Array.from(html.matchAll(/\bcid:([^\s"'<>)]+)/gi), (match) => percentDecode(match[1] ?? '')));
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
