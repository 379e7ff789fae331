/** Reads little-endian numbers and slices from their beginning on; what lies behind the end is none. */
export interface ByteCursor {
  /** How many bytes are left. */
  readonly left: () => number;
  readonly uint8: () => number;
  readonly uint16: () => number;
  readonly uint32: () => number;
  /** At most this many bytes, and fewer where the end comes first. */
  readonly take: (count: number) => Buffer;
}

/** Numbers behind the end are 0, so that a damaged length ends a reading and never throws. */
export function byteCursor(bytes: Buffer): ByteCursor {
  let position = 0;
  const number = (size: number): number => {
    const end = position + size;
    const value = end > bytes.length ? 0 : bytes.readUIntLE(position, size);
    position = Math.min(end, bytes.length);
    return value;
  };
  return {
    left: () => bytes.length - position,
    uint8: () => number(1),
    uint16: () => number(2),
    uint32: () => number(4),
    take(count) {
      const start = position;
      position = Math.min(bytes.length, start + count);
      return bytes.subarray(start, position);
    },
  };
}
