import type { ApiPart } from '../client/api-schemas.ts';
import { structuredHeader } from './address-headers.ts';
import type { PartPlace } from './part-kind.ts';
import { headerOf, kindOf, placeOf } from './part-kind.ts';

/** The text of a part, after its transfer encoding. */
export interface PartText {
  readonly bytes: Uint8Array;
  /**
   * Whether Google has made it UTF-8 and left the charset of its header as it was, as it does with every text inside a
   * message's JSON; what comes from `attachments.get` is as it was sent.
   */
  readonly isUtf8: boolean;
}

/** Texts of parts that are not, or not as text, in Google's answer. */
export type PartTexts = ReadonlyMap<ApiPart, PartText>;

/** A message written again, with marks in place of its files. */
export interface Skeleton {
  readonly bytes: Uint8Array;
  /** The parts that stand there as marks, in the order of the marks' numbers. */
  readonly marked: readonly ApiPart[];
}

/**
 * A message of Gmail's JSON as RFC 5322 bytes again, with a mark in place of every file: the same headers, the same
 * parts in the same order and the same texts, so that the parser decides everything as it does for the message itself.
 * `secret` is a text that no sender can know; it makes the boundaries and marks.
 */
export function writeSkeleton(message: ApiPart, texts: PartTexts, secret: string): Skeleton {
  const chunks: Uint8Array[] = [];
  const marked: ApiPart[] = [];
  writeMessage(message, 0, { chunks, marked, texts, secret });
  return { bytes: Buffer.concat(chunks), marked };
}

/** The header of a message as it is, without its parts. */
export function writeHeader(message: ApiPart): Uint8Array {
  return headerBlock(message, [], []);
}

/** The size that a mark of {@link writeSkeleton} stands for; undefined for anything else. */
export function sizeInMark(content: Uint8Array, secret: string): number | undefined {
  const text = content.length > secret.length + 32 ? '' : Buffer.from(content).toString('latin1').trim();
  return text.startsWith(`${secret}:`) ? Number(text.slice(secret.length + 1).split(':')[0]) : undefined;
}

/** The text of a part that Google put in its answer, or undefined. */
export function inlineText({ body }: ApiPart): PartText | undefined {
  return body?.data === undefined ? undefined : { bytes: Buffer.from(body.data, 'base64url'), isUtf8: true };
}

interface Output {
  readonly chunks: Uint8Array[];
  readonly marked: ApiPart[];
  readonly texts: PartTexts;
  readonly secret: string;
}

function writeMessage(message: ApiPart, depth: number, output: Output): void {
  writePart(message, placeOf(message, depth), output);
}

function writePart(part: ApiPart, place: PartPlace, output: Output): void {
  const kind = kindOf(part, place);
  if (kind === 'multipart') return writeMultipart(part, place, output);
  const [inner] = part.parts;
  if (kind === 'innerMessage' && inner !== undefined) {
    writeHeaders(part, ['content-transfer-encoding'], [], output);
    return writeMessage(inner, place.depth + 1, output);
  }
  const text = output.texts.get(part) ?? (kind === 'file' ? undefined : inlineText(part));
  if (text !== undefined) return writeText(part, text, output);
  writeHeaders(part, ['content-transfer-encoding'], [], output);
  if (kind !== 'file') return;
  output.marked.push(part);
  output.chunks.push(Buffer.from(`${output.secret}:${part.body?.size ?? 0}:${output.marked.length - 1}`));
}

function writeMultipart(part: ApiPart, place: PartPlace, output: Output): void {
  // Every multipart writes at another place, so each boundary is another.
  const boundary = `${output.secret}-${output.chunks.length}`;
  const contentType = `Content-Type: ${part.mimeType}; boundary="${boundary}"`;
  writeHeaders(part, ['content-type', 'content-transfer-encoding'], [contentType], output);
  for (const inner of part.parts) {
    output.chunks.push(Buffer.from(`--${boundary}\r\n`));
    writePart(inner, place, output);
    output.chunks.push(Buffer.from('\r\n'));
  }
  output.chunks.push(Buffer.from(`--${boundary}--\r\n`));
}

/** Gmail has decoded the bytes. Plain ones go back as they were; others in base64, which changes nothing in them. */
function writeText(part: ApiPart, { bytes, isUtf8 }: PartText, output: Output): void {
  const typeHeader = isUtf8 ? { without: ['content-type'], more: [utf8ContentType(part)] } : { without: [], more: [] };
  const encoding = headerOf(part, 'content-transfer-encoding').trim().toLowerCase();
  // In a charset of two bytes a character, UTF-8 may have come of bytes that no line would hold.
  if (encoding !== 'base64' && encoding !== 'quoted-printable') {
    writeHeaders(part, typeHeader.without, typeHeader.more, output);
    output.chunks.push(bytes);
    return;
  }
  const more = [...typeHeader.more, 'Content-Transfer-Encoding: base64'];
  writeHeaders(part, ['content-transfer-encoding', ...typeHeader.without], more, output);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  output.chunks.push(Buffer.from(buffer.toString('base64').replaceAll(/.{76}/g, '$&\r\n')));
}

/** A charset with everything that belongs to it, behind a semicolon or, as some mailers have it, without one. */
const charsetParameter = /[;,\s]\s{0,20}charset(?:\*\d{0,3}\*?)?\s{0,20}=\s*(?:"(?:[^"\\]|\\.)*"?|[^;]*)/gi;

/** The Content-Type of a part whose text is UTF-8 now, whatever charset the part names; the other parameters stay. */
function utf8ContentType(part: ApiPart): string {
  const written = headerOf(part, 'content-type').replaceAll(/[\r\n]\s*/g, ' ');
  const [head = '', ...parameters] = written.replaceAll(charsetParameter, '').split(/(?=;)/);
  const type = head.replaceAll('"', '').trim() || part.mimeType || 'text/plain';
  return `Content-Type: ${type}${parameters.join('').trimEnd().replace(/;$/, '')}; charset=utf-8`;
}

function writeHeaders(part: ApiPart, without: readonly string[], more: readonly string[], output: Output): void {
  output.chunks.push(headerBlock(part, without, more));
}

/**
 * Headers but those named, then `more`, and the empty line. A line break in a value could end the header, and the space
 * of a folded line stays in Gmail's values where the parser would leave one: both become one space.
 */
function headerBlock({ headers }: ApiPart, without: readonly string[], more: readonly string[]): Uint8Array {
  const lines = headers
    .filter(({ name }) => /^[!-9;-~]+$/.test(name) && !without.includes(name.toLowerCase()))
    .map(({ name, value }) => `${name}: ${structuredHeader(name, value.replaceAll(/[\r\n]\s*|[ \t]{2,}/g, ' '))}`);
  return Buffer.from([...lines, ...more, '', ''].join('\r\n'));
}
