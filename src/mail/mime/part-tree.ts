import { decodeUnlabelled, isEightBit } from './decode-bytes.ts';
import { joinContinuations } from './join-continuations.ts';
import { decodeEncodedWords } from './mime-library.ts';
import { readParameters } from './read-parameters.ts';

/** One header field of a part: the name as it is written, the value unfolded and decoded. */
export interface PartHeader {
  readonly name: string;
  readonly value: string;
}

/** A part of a message (RFC 2046) in Gmail's terms. */
export interface MimePart {
  /** Gmail's: empty for the message itself, then `0`, `1`, `0.0`. */
  readonly partId: string;
  /** In lower case; what the message does not say is `text/plain`. */
  readonly mimeType: string;
  /** Decoded, as the message says it; empty where it names none. Not fit to be a path. */
  readonly filename: string;
  readonly headers: readonly PartHeader[];
  /** The parts inside a multipart or an attached message. */
  readonly parts: readonly MimePart[];
  /** The body as it stands in the message, still in its transfer encoding: see {@link decodePart}. */
  readonly encoded: Uint8Array;
  /** Content-Transfer-Encoding in lower case. */
  readonly transferEncoding: string;
}

/** Levels of parts that are looked into; what is deeper stays one part. Gmail's own limit is not documented. */
const maxLevels = 50;

/** The parts of a message, whatever is wrong with it. Nothing is decoded yet but header values. Never throws. */
export function readPartTree(raw: Uint8Array): MimePart {
  return readPart(bufferOn(raw), '', 'text/plain', 0);
}

/** The same bytes, not a copy. */
function bufferOn(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The part of this id, or undefined. */
export function findPart(root: MimePart, partId: string): MimePart | undefined {
  if (root.partId === partId) return root;
  for (const part of root.parts) {
    const found = findPart(part, partId);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The bytes of a part after its transfer encoding (RFC 2045 section 6); the charset stays as it is. */
export function decodePart({ encoded, transferEncoding }: Pick<MimePart, 'encoded' | 'transferEncoding'>): Uint8Array {
  const bytes = bufferOn(encoded);
  switch (transferEncoding) {
    case 'base64':
      return decodeBase64(bytes.toString('latin1'));
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes.toString('latin1'));
    default:
      return bytes;
  }
}

/** RFC 2045 section 6.8. Some mailers pad every line; Node's decoder would stop at the first of them. */
function decodeBase64(latin1: string): Uint8Array {
  return Buffer.concat(latin1.split(/=+/).map((text) => Buffer.from(text, 'base64')));
}

/** RFC 2045 section 6.7. What is no code stays as it stands. */
function decodeQuotedPrintable(latin1: string): Uint8Array {
  const lines = latin1.split('\n').map((line, index, all) => {
    const isLast = index === all.length - 1;
    const hasReturn = line.endsWith('\r');
    const text = withoutTrailingSpace(hasReturn ? line.slice(0, -1) : line);
    if (text.endsWith('=')) return text.slice(0, -1);
    return `${text}${hasReturn ? '\r' : ''}${isLast ? '' : '\n'}`;
  });
  const decoded = lines
    .join('')
    .replaceAll(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

/** `trimEnd` would also take the byte 0xA0. */
function withoutTrailingSpace(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t'.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

/** Headers whose parameters Gmail shows joined. */
const hasParameters = /^content-(?:type|disposition)$/i;

function readPart(bytes: Buffer, partId: string, defaultType: string, level: number): MimePart {
  const { fields, bodyOffset } = readFields(bytes);
  const latin1Of = (name: string): string => fields.find((field) => field.name.toLowerCase() === name)?.latin1 ?? '';
  const type = readParameters(latin1Of('content-type'));
  const charset = type.parameters.get('charset');
  const disposition = readParameters(latin1Of('content-disposition'));
  // Some mailers forget the semicolon, or write a comment.
  const mimeType = /^[^\s/(]+\/[^\s/(]+/.exec(type.value)?.[0] ?? defaultType;
  const encoded = bytes.subarray(bodyOffset);
  const part = {
    partId,
    mimeType,
    filename: disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '',
    headers: fields.map(({ name, latin1 }) => {
      const whole = hasParameters.test(name) ? joinContinuations(latin1) : latin1;
      return { name, value: decodeValue(whole, charset) };
    }),
    encoded,
    transferEncoding: /[^\s;(]+/.exec(latin1Of('content-transfer-encoding'))?.[0].toLowerCase() ?? '',
  };
  const inner = level < maxLevels ? innerParts(part, type.parameters.get('boundary') ?? '') : [];
  const childType = mimeType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  return {
    ...part,
    parts: inner.map((child, index) =>
      readPart(child, partId === '' ? String(index) : `${partId}.${index}`, childType, level + 1),
    ),
  };
}

/** Types whose content begins with header fields of its own: an attached message, and what a report says of a delivery. */
const messageTypes: ReadonlySet<string> = new Set(['message/rfc822', 'message/delivery-status']);

function innerParts(part: Omit<MimePart, 'parts'>, boundary: string): readonly Buffer[] {
  if (part.mimeType.startsWith('multipart/')) {
    return boundary === '' ? [] : splitAtBoundary(bufferOn(part.encoded), boundary);
  }
  return messageTypes.has(part.mimeType) ? [bufferOn(decodePart(part))] : [];
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** What stands between the boundary lines (RFC 2046 section 5.1.1): the line break before one belongs to it. */
function splitAtBoundary(body: Buffer, boundary: string): readonly Buffer[] {
  const marker = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let partStart: number | undefined;
  let position = 0;
  for (;;) {
    const found = body.indexOf(marker, position);
    if (found < 0) break;
    const afterMarker = found + marker.length;
    const lineBreak = body.indexOf(lineFeed, afterMarker);
    const lineEnd = lineBreak < 0 ? body.length : lineBreak;
    const rest = body.toString('latin1', afterMarker, Math.min(lineEnd, afterMarker + 80)).trimEnd();
    const startsLine = found === 0 || body[found - 1] === lineFeed;
    position = afterMarker;
    if (!startsLine || (rest !== '' && rest !== '--')) continue;
    if (partStart !== undefined) parts.push(body.subarray(partStart, Math.max(partStart, endBefore(body, found))));
    partStart = Math.min(lineEnd + 1, body.length);
    position = partStart;
    if (rest === '--') return parts;
  }
  // A message that was cut off has no last boundary; what is there of the last part still counts.
  if (partStart !== undefined && partStart < body.length) parts.push(body.subarray(partStart));
  return parts;
}

function endBefore(body: Buffer, boundaryStart: number): number {
  const end = boundaryStart - 1;
  return body[end - 1] === carriageReturn ? end - 1 : end;
}

interface Field {
  readonly name: string;
  /** Unfolded as Gmail does it: see {@link unfolded}. */
  readonly latin1: string;
}

function readFields(bytes: Buffer): { readonly fields: readonly Field[]; readonly bodyOffset: number } {
  const fields: { name: string; latin1: string }[] = [];
  let lineStart = 0;
  while (lineStart < bytes.length) {
    const lineBreak = bytes.indexOf(lineFeed, lineStart);
    const next = lineBreak < 0 ? bytes.length : lineBreak + 1;
    const line = bytes.toString('latin1', lineStart, lineEndIn(bytes, lineStart, lineBreak < 0 ? next : lineBreak));
    lineStart = next;
    if (line === '') break;
    const field = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/s.exec(line);
    const previous = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      if (previous !== undefined) previous.latin1 = unfolded(previous.latin1, line);
    } else if (field !== null) fields.push({ name: field[1] ?? '', latin1: field[2] ?? '' });
  }
  return { fields, bodyOffset: lineStart };
}

/**
 * A field with its next line. The line break goes and the space after it stays (RFC 5322 section 2.2.3), but a single tab
 * becomes the one space that there is then (as recorded of Gmail).
 */
function unfolded(before: string, line: string): string {
  if (!/^\t[^ \t]/.test(line)) return `${before}${line}`;
  return `${before}${before.endsWith(' ') ? '' : ' '}${line.slice(1)}`;
}

/** Where the text of a line ends: some mail has several carriage returns before the line feed. */
function lineEndIn(bytes: Buffer, lineStart: number, lineBreak: number): number {
  let end = lineBreak;
  while (end > lineStart && bytes[end - 1] === carriageReturn) end -= 1;
  return end;
}

/** Bytes above 127 that stand there without any encoding are most often in the charset of the part. */
function decodeValue(latin1: string, charset: string | undefined): string {
  const text = isEightBit(latin1) ? decodeUnlabelled(Buffer.from(latin1, 'latin1'), charset) : latin1;
  return decodeEncodedWords(text).trim();
}
