/** One part of a multipart body. Names of headers are in lower case. */
export interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The boundary that a `multipart/…` content type names, or undefined. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** The parts of a multipart body (RFC 2046, 5.1), or undefined where the boundary is not found or does not end it. */
export function splitMultipart(body: Buffer, boundary: string): readonly Part[] | undefined {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let start = findDelimiter(body, delimiter, 0);
  while (start !== -1) {
    const after = start + delimiter.byteLength;
    if (body.toString('latin1', after, after + 2) === '--') return parts;
    const contentStart = body.indexOf('\n', after) + 1;
    const next = findDelimiter(body, delimiter, contentStart - 1);
    if (contentStart === 0 || next === -1) return undefined;
    parts.push(readPart(body.subarray(contentStart, withoutLineBreak(body, next, contentStart))));
    start = next;
  }
  return undefined;
}

/** A delimiter stands at the beginning of a line. */
function findDelimiter(body: Buffer, delimiter: Buffer, from: number): number {
  let found = body.indexOf(delimiter, from);
  while (found > 0 && body[found - 1] !== 0x0a) found = body.indexOf(delimiter, found + 1);
  return found;
}

/** The line break before a delimiter belongs to the delimiter. */
function withoutLineBreak(body: Buffer, end: number, start: number): number {
  const withoutLineFeed = end - 1;
  return Math.max(start, body[withoutLineFeed - 1] === 0x0d ? withoutLineFeed - 1 : withoutLineFeed);
}

/** Splits at the first empty line, with either line break. Also reads the headers of an HTTP message in a part. */
export function readPart(bytes: Buffer): Part {
  const lines: string[] = [];
  let offset = 0;
  while (offset < bytes.byteLength) {
    const lineFeed = bytes.indexOf(0x0a, offset);
    const end = lineFeed === -1 ? bytes.byteLength : lineFeed;
    const line = bytes.toString('latin1', offset, end).replace(/\r$/, '');
    offset = lineFeed === -1 ? end : end + 1;
    if (line === '') break;
    lines.push(line);
  }
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.set(name.toLowerCase(), value.trim());
  }
  return { headers, body: bytes.subarray(offset) };
}
