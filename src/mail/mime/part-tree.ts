import { bufferOn, carriageReturn, dash, lineFeed, nextLine } from './bytes.ts';
import { basicCharsets } from './charsets.ts';
import { decodeTransfer, transferEncodingOf } from './decode-transfer.ts';
import type { HeaderReader } from './decode-words.ts';
import { decodeEncodedWords, decodeRawHeader, nearbyCharset } from './decode-words.ts';
import { joinContinuations } from './join-continuations.ts';
import { mediaTypeOf } from './media-type.ts';
import { readParameters } from './read-parameters.ts';
import type { RawHeader } from './split-headers.ts';
import { readHeaderBlock } from './split-headers.ts';

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
  /** Of Content-Type, decoded, by name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  /** `inline`, `attachment` or what else the message says; empty where it says nothing. */
  readonly disposition: string;
  /** Decoded, as the message says it; empty where it names none. Not fit to be a path. */
  readonly filename: string;
  /** As they stand in the message. */
  readonly rawHeaders: readonly RawHeader[];
  /** Decoded when they are asked for. */
  readonly headers: readonly PartHeader[];
  /** The parts inside a multipart, an attached message or a delivery status. */
  readonly parts: readonly MimePart[];
  /** The body as it stands in the message, still in its transfer encoding: see {@link decodePart}. */
  readonly encoded: Uint8Array;
  /** Content-Transfer-Encoding in lower case. */
  readonly transferEncoding: string;
}

/** Levels of parts that are looked into; what is deeper stays one part. Gmail's own limit is not documented. */
const maxLevels = 50;
/** Parts of one message; all that comes behind the last is a part of it. Real mail has a few hundred at most. */
const maxParts = 10_000;

/**
 * The parts of a message, whatever is wrong with it. Nothing is decoded but what tells parts from each other. Never throws;
 * the time goes with the bytes, however the parts are nested.
 */
export function readPartTree(raw: Uint8Array, reader: HeaderReader = { charsets: basicCharsets() }): MimePart {
  return readTree(withLineFeeds(bufferOn(raw)), { reader, partId: '', level: 0, budget: { parts: maxParts } });
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
  const { content, plainTail } = decodeTransfer(encoded, transferEncoding);
  return content.length === 0 ? (plainTail ?? content) : content;
}

/** The value of the first header of this name (in lower case), one character a byte; empty where there is none. */
export function rawHeaderOf({ rawHeaders }: Pick<MimePart, 'rawHeaders'>, name: string): string {
  return rawHeaders.find((header) => header.name === name)?.latin1 ?? '';
}

interface TreeOptions {
  readonly reader: HeaderReader;
  readonly partId: string;
  readonly level: number;
  /** How many parts may still be made; shared by all of a message. */
  readonly budget: { parts: number };
}

/** A line that ends a part, or the end of the message. */
interface Delimiter {
  /** Where the part before it ends: the line break before a delimiter belongs to it (RFC 2046 section 5.1.1). */
  readonly bodyEnd: number;
  /** Where the line behind it begins. */
  readonly next: number;
  /** Which of the open multiparts it belongs to, from the outermost; undefined at the end of the message. */
  readonly owner?: number;
  /** Whether no part of its multipart follows. */
  readonly isLast: boolean;
}

/** RFC 2046 section 5.1.1 allows 70 characters. */
const maxBoundaryCharacters = 250;

/** One pass over a message from its first to its last byte; a part ends at any delimiter of the multiparts around it. */
function readTree(bytes: Buffer, { reader, partId, level, budget }: TreeOptions): MimePart {
  const atEnd: Delimiter = { bodyEnd: bytes.length, next: bytes.length, isLast: false };
  /** Open multiparts by their boundary; the innermost counts where two have the same. */
  const owners = new Map<string, number>();
  let openCount = 0;
  let position = 0;
  return readPart(partId, level, { defaultType: 'text/plain', isMessage: true }).part;

  function delimiterAt(lineStart: number): Delimiter | undefined {
    if (openCount === 0 || budget.parts === 0) return undefined;
    const next = nextLine(bytes, lineStart, bytes.length);
    if (next - lineStart > maxBoundaryCharacters + 10) return undefined;
    const line = bytes.toString('latin1', lineStart + 2, next).trimEnd();
    const separated = owners.get(line);
    const owner = separated ?? (line.endsWith('--') ? owners.get(line.slice(0, -2)) : undefined);
    if (owner === undefined) return undefined;
    const lineBreak = bytes[lineStart - 2] === carriageReturn ? 2 : 1;
    return { bodyEnd: lineStart - lineBreak, next, owner, isLast: separated === undefined };
  }

  function isDelimiter(lineStart: number): boolean {
    return delimiterAt(lineStart) !== undefined;
  }

  /** The next delimiter at the position, which is the beginning of a line, or behind it. */
  function nextDelimiter(): Delimiter {
    if (openCount === 0) return atEnd;
    const isAtDashes = bytes[position] === dash && bytes[position + 1] === dash;
    let lineStart = isAtDashes ? position : dashesAfter(position);
    while (lineStart >= 0) {
      const delimiter = delimiterAt(lineStart);
      if (delimiter !== undefined) return delimiter;
      lineStart = dashesAfter(lineStart);
    }
    return atEnd;
  }

  /** Where the next line begins that begins with `--`; negative where there is none. */
  function dashesAfter(from: number): number {
    const found = bytes.indexOf('\n--', from, 'latin1');
    return found < 0 ? found : found + 1;
  }

  function readPart(partId: string, level: number, kind: PartKind): ReadPart {
    const place = { start: position, end: bytes.length, isPart: !kind.isMessage, isDelimiter };
    const { headers, bodyOffset } = readHeaderBlock(bytes, place);
    position = bodyOffset;
    return readBody(headers, partId, level, kind.defaultType);
  }

  /** The part with this header whose body begins at the position. */
  function readBody(headers: readonly RawHeader[], partId: string, level: number, defaultType: string): ReadPart {
    const bodyOffset = position;
    const facts = readFacts(headers, defaultType, reader);
    const { parts, end } = readInnerParts({ ...facts, partId, level });
    const encoded = bytes.subarray(bodyOffset, Math.max(bodyOffset, end.bodyEnd));
    const inner = parts ?? readEncodedMessage({ ...facts, encoded }, { reader, partId, level, budget });
    return { part: partOf(facts, { partId, parts: inner, encoded }, reader), end };
  }

  /** The parts inside a part whose body begins at the position, and where it ends. */
  function readInnerParts(part: PartFacts & { readonly partId: string; readonly level: number }): InnerParts {
    const { mimeType, parameters, transferEncoding, partId, level } = part;
    if (level >= maxLevels) return { end: nextDelimiter() };
    if (hasInnerHeader(mimeType) && !isEncoded(transferEncoding)) {
      const inner = readPart(innerId(partId, 0), level + 1, { defaultType: 'text/plain', isMessage: true });
      return { parts: [inner.part], end: inner.end };
    }
    const boundary = (parameters.get('boundary') ?? '').trimEnd();
    const hasParts = mimeType.startsWith('multipart/') && boundary !== '' && boundary.length <= maxBoundaryCharacters;
    return hasParts ? readMultipart(boundary, part) : { end: nextDelimiter() };
  }

  function readMultipart(
    boundary: string,
    { mimeType, rawHeaders, partId, level }: PartFacts & { readonly partId: string; readonly level: number },
  ): InnerParts {
    const defaultType = mimeType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const parts: MimePart[] = [];
    const owner = openCount;
    const hidden = owners.get(boundary);
    owners.set(boundary, owner);
    openCount += 1;
    const lostHeader = headerOfFirstPart(rawHeaders);
    const first = lostHeader && readBody(lostHeader, innerId(partId, 0), level + 1, defaultType);
    if (first !== undefined && !isBlankText(first.part.encoded)) parts.push(first.part);
    let end = first?.end ?? nextDelimiter();
    while (end.owner === owner && !end.isLast) {
      budget.parts -= 1;
      position = end.next;
      const child = readPart(innerId(partId, parts.length), level + 1, { defaultType, isMessage: false });
      parts.push(child.part);
      end = child.end;
    }
    openCount -= 1;
    if (hidden === undefined) owners.delete(boundary);
    else owners.set(boundary, hidden);
    if (end.owner !== owner) return { parts, end };
    position = end.next;
    return { parts, end: nextDelimiter() };
  }
}

interface PartKind {
  readonly defaultType: string;
  readonly isMessage: boolean;
}

interface ReadPart {
  readonly part: MimePart;
  readonly end: Delimiter;
}

interface InnerParts {
  readonly parts?: readonly MimePart[];
  readonly end: Delimiter;
}

/**
 * The content headers of the first part of a multipart, where its delimiter and the empty line before it are missing: they
 * stand in one block with those of the multipart, from a second Content-Type on.
 */
function headerOfFirstPart(headers: readonly RawHeader[]): readonly RawHeader[] | undefined {
  const own = headers.findIndex(({ name }) => name === 'content-type');
  const second = headers.findIndex(({ name }, index) => index > own && name === 'content-type');
  return second < 0 ? undefined : headers.slice(second).filter(({ name }) => name.startsWith('content-'));
}

function isBlankText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function innerId(partId: string, index: number): string {
  return partId === '' ? String(index) : `${partId}.${index}`;
}

/** Whether the content begins with header fields of its own: an attached message, and what a report says of a delivery. */
function hasInnerHeader(mimeType: string): boolean {
  return mimeType === 'message/rfc822' || mimeType === 'message/delivery-status';
}

function isEncoded(transferEncoding: string): boolean {
  return transferEncoding === 'base64' || transferEncoding === 'quoted-printable';
}

/** What the header of a part says of it. */
type PartFacts = Pick<
  MimePart,
  'mimeType' | 'parameters' | 'disposition' | 'filename' | 'rawHeaders' | 'transferEncoding'
>;

function readFacts(rawHeaders: readonly RawHeader[], defaultType: string, reader: HeaderReader): PartFacts {
  const type = readParameters(rawHeaderOf({ rawHeaders }, 'content-type'), reader);
  const disposition = readParameters(rawHeaderOf({ rawHeaders }, 'content-disposition'), reader);
  const filename = disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '';
  return {
    mimeType: mediaTypeOf(type.value, defaultType, filename !== ''),
    parameters: type.parameters,
    disposition: disposition.value,
    filename,
    rawHeaders,
    transferEncoding: transferEncodingOf(rawHeaderOf({ rawHeaders }, 'content-transfer-encoding')),
  };
}

function partOf(
  facts: PartFacts,
  content: Pick<MimePart, 'partId' | 'parts' | 'encoded'>,
  reader: HeaderReader,
): MimePart {
  const nearby = nearbyCharset(facts.parameters.get('charset'));
  const own = { ...reader, ...(nearby === undefined ? {} : { nearby }) };
  return {
    ...facts,
    ...content,
    get headers() {
      return facts.rawHeaders.map(({ name, writtenName, lines }) => {
        const unfolded = lines.reduce(unfoldAsGmail);
        const whole = hasParameters.test(name) ? joinContinuations(unfolded, own) : unfolded;
        return { name: writtenName, value: decodeEncodedWords(decodeRawHeader(whole, own), own).trim() };
      });
    },
  };
}

/** Headers whose parameters Gmail shows joined. */
const hasParameters = /^content-(?:type|disposition)$/;

/**
 * A field with its next line. The line break goes and the space after it stays (RFC 5322 section 2.2.3), but a single tab
 * becomes the one space that there is then (as recorded of Gmail).
 */
function unfoldAsGmail(before: string, line: string): string {
  if (!/^\t[^ \t]/.test(line)) return `${before}${line}`;
  return `${before}${before.endsWith(' ') ? '' : ' '}${line.slice(1)}`;
}

/** An attached message in a transfer encoding, which RFC 2046 section 5.2.1 forbids. */
function readEncodedMessage(part: PartFacts & Pick<MimePart, 'encoded'>, options: TreeOptions): readonly MimePart[] {
  const isMessage = hasInnerHeader(part.mimeType) && isEncoded(part.transferEncoding) && options.level < maxLevels;
  if (!isMessage) return [];
  const { partId, level } = options;
  return [readTree(bufferOn(decodePart(part)), { ...options, partId: innerId(partId, 0), level: level + 1 })];
}

/** A message whose lines end in carriage returns alone, as old Macintosh programs wrote them, with line feeds for these. */
function withLineFeeds(bytes: Buffer): Buffer {
  const first = bytes.indexOf(carriageReturn);
  let next = first;
  while (bytes[next] === carriageReturn) next += 1;
  if (first < 0 || bytes[next] === lineFeed || bytes.subarray(0, first).includes(lineFeed)) return bytes;
  const isHeader = /^[!-9;-~]+[ \t]*:/.test(bytes.toString('latin1', 0, Math.min(first, 998)));
  const hasMore = /^(?:\r|[ \t]|[!-9;-~]+[ \t]*:)/.test(bytes.toString('latin1', first + 1, first + 200));
  if (!isHeader || !hasMore) return bytes;
  const withFeeds = Buffer.from(bytes);
  for (let at = first; at >= 0; at = withFeeds.indexOf(carriageReturn, at + 1)) {
    if (withFeeds[at + 1] !== lineFeed) withFeeds[at] = lineFeed;
  }
  return withFeeds;
}
