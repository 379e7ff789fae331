/** `data` and `signedData` (RFC 5652 sections 4 and 5.1), as they are encoded. */
const oidData = '2a864886f70d010701';
const oidSignedData = '2a864886f70d010702';

const tags = { integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30, set: 0x31, octetsInParts: 0x24, first: 0xa0 };

/** Elements inside of each other that are looked into; what signs a message has eight. */
const maxDepth = 16;

/** A value in BER (X.690), as Outlook and OpenSSL write it. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Where the next element begins. */
  readonly end: number;
}

/**
 * The MIME entity inside an S/MIME message that is signed and not encrypted (RFC 8551 section 3.5.2); undefined for what is
 * none or has its text elsewhere. The signature is not looked at.
 */
export function signedContent(cms: Buffer): Buffer | undefined {
  const [type, wrapped] = childrenOf(elementAt(cms, 0, 0), tags.sequence);
  if (type?.tag !== tags.oid || type.content.toString('hex') !== oidSignedData) return undefined;
  const [signed] = childrenOf(wrapped, tags.first);
  const [version, algorithms, inner] = childrenOf(signed, tags.sequence);
  if (version?.tag !== tags.integer || algorithms?.tag !== tags.set) return undefined;
  const [innerType, innerContent] = childrenOf(inner, tags.sequence);
  if (innerType?.tag !== tags.oid || innerType.content.toString('hex') !== oidData) return undefined;
  const [octets] = childrenOf(innerContent, tags.first);
  return octets === undefined ? undefined : joinOctets(octets);
}

function joinOctets(octets: Element): Buffer | undefined {
  if (octets.tag === tags.octets) return octets.content;
  const parts = childrenOf(octets, tags.octetsInParts);
  const isWhole = parts.length > 0 && parts.every(({ tag }) => tag === tags.octets);
  return isWhole ? Buffer.concat(parts.map(({ content }) => content)) : undefined;
}

/** What is inside an element of this tag; nothing for another. */
function childrenOf(element: Element | undefined, tag: number): readonly Element[] {
  if (element?.tag !== tag) return [];
  const children: Element[] = [];
  let at = 0;
  while (at < element.content.length) {
    const child = elementAt(element.content, at, 0);
    if (child === undefined) break;
    children.push(child);
    at = child.end;
  }
  return children;
}

function elementAt(bytes: Buffer, at: number, depth: number): Element | undefined {
  const [tag, length] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || length === undefined || depth > maxDepth) return undefined;
  if (length === 0x80) return elementOfUnknownLength(bytes, at, depth);
  const lengthBytes = length < 0x80 ? 0 : length - 0x80;
  const start = at + 2 + lengthBytes;
  if (lengthBytes > 4 || start > bytes.length) return undefined;
  const size = lengthBytes === 0 ? length : bytes.readUIntBE(at + 2, lengthBytes);
  return start + size > bytes.length
    ? undefined
    : { tag, content: bytes.subarray(start, start + size), end: start + size };
}

/** An element that ends with two zeros behind the last one inside it. */
function elementOfUnknownLength(bytes: Buffer, at: number, depth: number): Element | undefined {
  const start = at + 2;
  let next = start;
  while (next + 1 < bytes.length) {
    if (bytes[next] === 0 && bytes[next + 1] === 0) {
      return { tag: bytes[at] ?? 0, content: bytes.subarray(start, next), end: next + 2 };
    }
    const inner = elementAt(bytes, next, depth + 1);
    if (inner === undefined) return undefined;
    next = inner.end;
  }
  return undefined;
}
