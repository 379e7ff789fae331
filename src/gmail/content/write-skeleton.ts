import type { ApiPart } from '../client/api-schemas.ts';
import type { PartPlace } from './part-kind.ts';
import { headerOf, kindOf, placeOf } from './part-kind.ts';

/** Bytes of texts that Gmail did not put in its answer, by their part. */
export type FetchedTexts = ReadonlyMap<ApiPart, Uint8Array>;

/**
 * A message of Gmail's JSON as RFC 5322 bytes again, with a mark in place of every file: the same headers, the same
 * parts in the same order and the same texts, so that the parser decides everything as it does for the message itself.
 * `secret` is a text that no sender can know; it makes the boundaries and marks.
 */
export function writeSkeleton(message: ApiPart, texts: FetchedTexts, secret: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  writeMessage(message, 0, { chunks, texts, secret });
  return Buffer.concat(chunks);
}

/** The header of a message as it is, without its parts. */
export function writeHeader(message: ApiPart): Uint8Array {
  return headerBlock(message, [], []);
}

/** The size that a mark of {@link writeSkeleton} stands for; undefined for anything else. */
export function sizeInMark(content: Uint8Array, secret: string): number | undefined {
  const text = content.length > secret.length + 32 ? '' : Buffer.from(content).toString('latin1').trim();
  return text.startsWith(`${secret}:`) ? Number(text.slice(secret.length + 1)) : undefined;
}

interface Output {
  readonly chunks: Uint8Array[];
  readonly texts: FetchedTexts;
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
  const bytes = bytesOf(part, output.texts);
  if (bytes !== undefined) return writeBytes(part, bytes, output);
  writeHeaders(part, ['content-transfer-encoding'], [], output);
  if (kind === 'file') output.chunks.push(Buffer.from(`${output.secret}:${part.body?.size ?? 0}`));
}

function bytesOf(part: ApiPart, texts: FetchedTexts): Uint8Array | undefined {
  const { data } = part.body ?? {};
  return data === undefined ? texts.get(part) : Buffer.from(data, 'base64url');
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
function writeBytes(part: ApiPart, bytes: Uint8Array, output: Output): void {
  const encoding = headerOf(part, 'content-transfer-encoding').trim().toLowerCase();
  if (encoding !== 'base64' && encoding !== 'quoted-printable') {
    writeHeaders(part, [], [], output);
    output.chunks.push(bytes);
    return;
  }
  writeHeaders(part, ['content-transfer-encoding'], ['Content-Transfer-Encoding: base64'], output);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The parser reads quoted-printable by lines, and ends each, the last too, with a line feed.
  const isText = encoding === 'quoted-printable';
  const content = isText ? Buffer.from(`${buffer.toString('latin1').replaceAll('\r\n', '\n')}\n`, 'latin1') : buffer;
  output.chunks.push(Buffer.from(content.toString('base64').replaceAll(/.{76}/g, '$&\r\n')));
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
    .map(({ name, value }) => `${name}: ${value.replaceAll(/[\r\n]\s*|[ \t]{2,}/g, ' ')}`);
  return Buffer.from([...lines, ...more, '', ''].join('\r\n'));
}
