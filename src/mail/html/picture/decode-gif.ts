import type { Color } from '../css/color.ts';
import { distinctColors, maxPixels, type Pixels } from './pixels.ts';

/** The colours of the first frame of a small GIF picture; undefined for any other bytes, and for what is too large. */
export function decodeGif(bytes: Uint8Array): Pixels | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 14 || buffer.toString('latin1', 0, 4) !== 'GIF8') return undefined;
  const [width, height] = [buffer.readUInt16LE(6), buffer.readUInt16LE(8)];
  if (width * height === 0 || width * height > maxPixels) return undefined;
  const flags = buffer[10] ?? 0;
  const hasTable = (flags & 0x80) !== 0;
  const tableEnd = 13 + (hasTable ? 3 * 2 ** ((flags & 7) + 1) : 0);
  return frameOf(buffer, tableEnd, { width, height, table: buffer.subarray(13, tableEnd) });
}

interface Screen {
  readonly width: number;
  readonly height: number;
  readonly table: Buffer;
}

function frameOf(buffer: Buffer, start: number, { width, height, table }: Screen): Pixels | undefined {
  let transparentIndex: number | undefined;
  for (let at = start; at < buffer.length;) {
    const kind = buffer[at];
    if (kind === 0x21) {
      const isControl = buffer[at + 1] === 0xf9;
      if (isControl && ((buffer[at + 3] ?? 0) & 1) === 1) transparentIndex = buffer[at + 6];
      at = blocksOf(buffer, at + 2).end;
    } else if (kind === 0x2c) {
      const flags = buffer[at + 9] ?? 0;
      const tableEnd = at + 10 + ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
      const own = (flags & 0x80) === 0 ? table : buffer.subarray(at + 10, tableEnd);
      const indexes = decompress(blocksOf(buffer, tableEnd + 1).data, buffer[tableEnd] ?? 2);
      const colors = distinctColors(new Set(indexes).values().map((index) => colorAt(own, index, transparentIndex)));
      return colors === undefined ? undefined : { width, height, colors };
    } else return undefined;
  }
  return undefined;
}

function colorAt(table: Buffer, index: number, transparentIndex: number | undefined): Color {
  const [red = 0, green = 0, blue = 0] = table.subarray(index * 3, index * 3 + 3);
  return { red, green, blue, alpha: index === transparentIndex ? 0 : 1 };
}

/** Sub-blocks, each with its length in front, up to an empty one. */
function blocksOf(buffer: Buffer, start: number): { readonly data: Buffer; readonly end: number } {
  const blocks: Buffer[] = [];
  let at = start;
  for (let length = buffer[at] ?? 0; length > 0; length = buffer[at] ?? 0) {
    blocks.push(buffer.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { data: Buffer.concat(blocks), end: at + 1 };
}

/** LZW with codes of growing length, as GIF 89a, appendix F, has it; at most as many pixels as are looked at. */
function decompress(data: Buffer, minimumBits: number): readonly number[] {
  const clear = 2 ** Math.min(11, minimumBits);
  const pixels: number[] = [];
  let table: (readonly number[])[] = [];
  let bits = minimumBits + 1;
  let previous: readonly number[] | undefined;
  const reset = () => {
    table = Array.from({ length: clear + 2 }, (_, index) => (index < clear ? [index] : []));
    bits = minimumBits + 1;
    previous = undefined;
  };
  reset();
  for (let at = 0; at + bits <= data.length * 8 && pixels.length < maxPixels;) {
    let code = 0;
    for (let bit = 0; bit < bits; bit += 1) code |= (((data[(at + bit) >> 3] ?? 0) >> ((at + bit) & 7)) & 1) << bit;
    at += bits;
    if (code === clear) {
      reset();
      continue;
    }
    if (code === clear + 1) break;
    const [first = 0] = previous ?? [];
    const entry: readonly number[] = table[code] ?? [...(previous ?? []), first];
    pixels.push(...entry);
    if (previous !== undefined && table.length < 4096) table.push([...previous, entry[0] ?? 0]);
    if (table.length === 2 ** bits && bits < 12) bits += 1;
    previous = entry;
  }
  return pixels;
}
