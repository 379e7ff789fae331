import { byteCursor } from './byte-cursor.ts';
import type { ByteCursor } from './byte-cursor.ts';

/** Values by property id; of several values the first. */
export type MapiProperties = ReadonlyMap<number, MapiValue>;

/** A value as its bytes, and whether they are text in UTF-16. */
export interface MapiValue {
  readonly bytes: Buffer;
  readonly isUnicode: boolean;
}

/** Properties of one block; real messages have about a hundred. */
const maxProperties = 5000;

const isSeveral = 0x1000;
const firstNamedId = 0x8000;
const unicodeString = 0x1f;
/** Types whose values have a length: object, string in a code page, in UTF-16, binary. */
const sized: ReadonlySet<number> = new Set([0x0d, 0x1e, unicodeString, 0x102]);
/** Bytes of a value of each fixed type, padded to four (MS-OXCDATA section 2.11.1). */
const fixedBytes: Readonly<Record<number, number>> = {
  0x02: 4,
  0x03: 4,
  0x04: 4,
  0x05: 8,
  0x06: 8,
  0x07: 8,
  0x0a: 4,
  0x0b: 4,
  0x14: 8,
  0x40: 8,
  0x48: 16,
};

/** Reads a block of MAPI properties (MS-OXTNEF section 2.1.3.4), as far as it is whole. Never throws. */
export function readMapiProperties(block: Buffer): MapiProperties {
  const cursor = byteCursor(block);
  const properties = new Map<number, MapiValue>();
  const count = Math.min(cursor.uint32(), maxProperties);
  for (let index = 0; index < count && cursor.left() > 0; index += 1) {
    const type = cursor.uint16();
    const id = cursor.uint16();
    if (id >= firstNamedId) skipName(cursor);
    const value = readValue(cursor, type);
    if (value === undefined) break;
    if (!properties.has(id)) properties.set(id, value);
  }
  return properties;
}

function skipName(cursor: ByteCursor): void {
  cursor.take(16);
  const kind = cursor.uint32();
  if (kind === 0) cursor.take(4);
  else takePadded(cursor, cursor.uint32());
}

/** Undefined for a type that nobody knows: then nobody knows how long it is. */
function readValue(cursor: ByteCursor, type: number): MapiValue | undefined {
  const single = type & ~isSeveral;
  const isSized = sized.has(single);
  const size = fixedBytes[single];
  if (!isSized && size === undefined) return undefined;
  const count = isSized || (type & isSeveral) !== 0 ? cursor.uint32() : 1;
  let first: Buffer | undefined;
  for (let index = 0; index < count && cursor.left() > 0; index += 1) {
    const bytes = isSized ? takePadded(cursor, cursor.uint32()) : cursor.take(size ?? 0);
    first ??= bytes;
  }
  return { bytes: first ?? Buffer.alloc(0), isUnicode: single === unicodeString };
}

function takePadded(cursor: ByteCursor, length: number): Buffer {
  const bytes = cursor.take(length);
  cursor.take((4 - (length % 4)) % 4);
  return bytes;
}
