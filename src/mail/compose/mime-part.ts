import { foldHeader } from './header-fields.ts';

/** A part of a message, ready to be written: its header fields, and its body in pieces. */
export interface MimePart {
  /** Folded, each with its line break. */
  readonly header: string;
  readonly body: readonly Uint8Array[];
  readonly isEightBit: boolean;
}

/** The kinds of multipart that are written here (RFC 2046 section 5.1, RFC 2387). */
export type MultipartType = 'mixed' | 'alternative' | 'related';

/**
 * Parts under one boundary, which must occur in none of them. A part with eight-bit bytes makes the whole eight-bit
 * (RFC 2045 section 6.4). `related` names the type of its first part, as RFC 2387 asks.
 */
export function multipart(
  type: MultipartType,
  parts: readonly MimePart[],
  boundary: string,
  relatedType?: string,
): MimePart {
  const isEightBit = parts.some((part) => part.isEightBit);
  const parameters = [...(relatedType === undefined ? [] : [`type="${relatedType}";`]), `boundary="${boundary}"`];
  const header =
    foldHeader('Content-Type', [`multipart/${type};`, ...parameters]) +
    (isEightBit ? foldHeader('Content-Transfer-Encoding', ['8bit']) : '');
  const body = parts.flatMap((part, index) => [
    ascii(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n`),
    ascii(`${part.header}\r\n`),
    ...part.body,
  ]);
  return { header, body: [...body, ascii(`\r\n--${boundary}--\r\n`)], isEightBit };
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
