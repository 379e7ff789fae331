import { inflateSync } from 'node:zlib';
import type { Color } from '../css/color.ts';
import { distinctColors, maxPixels, type Pixels } from './pixels.ts';

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
}

/** Values for each pixel, by colour type (PNG 3, section 11.2.1). */
const samplesByType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The colours of a small PNG picture; undefined for any other bytes, and for what is interlaced, deep or too large. */
export function decodePng(bytes: Uint8Array): Pixels | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 33 || buffer.readUInt32BE(0) !== 0x89_50_4e_47) return undefined;
  const chunks = chunksOf(buffer);
  const header = headerOf(chunks.get('IHDR')?.[0]);
  if (header === undefined) return undefined;
  const data = inflated(Buffer.concat(chunks.get('IDAT') ?? []));
  if (data === undefined) return undefined;
  const palette = paletteOf(chunks.get('PLTE')?.[0], chunks.get('tRNS')?.[0]);
  const colors = distinctColors(pixelsOf(data, header, palette));
  return colors === undefined ? undefined : { width: header.width, height: header.height, colors };
}

function chunksOf(buffer: Buffer): ReadonlyMap<string, readonly Buffer[]> {
  const chunks = new Map<string, Buffer[]>();
  for (let at = 8; at + 8 <= buffer.length;) {
    const length = buffer.readUInt32BE(at);
    const name = buffer.toString('latin1', at + 4, at + 8);
    chunks.set(name, [...(chunks.get(name) ?? []), buffer.subarray(at + 8, at + 8 + length)].slice(0, 100));
    at += 12 + length;
  }
  return chunks;
}

function headerOf(chunk: Buffer | undefined): Header | undefined {
  if (chunk === undefined || chunk.length < 13) return undefined;
  const [width, height] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
  const [depth = 0, type = 0, , , interlace] = chunk.subarray(8);
  const isReadable = depth === 8 || (depth < 8 && (type === 0 || type === 3));
  if (!isReadable || interlace !== 0 || samplesByType[type] === undefined) return undefined;
  return width * height > 0 && width * height <= maxPixels ? { width, height, depth, type } : undefined;
}

function inflated(data: Buffer): Buffer | undefined {
  try {
    return inflateSync(data, { maxOutputLength: maxPixels * 8 });
  } catch {
    // Broken data is no picture that a browser shows in full: its colours are not known.
    return undefined;
  }
}

function paletteOf(colors: Buffer | undefined, alphas: Buffer | undefined): readonly Color[] {
  return Array.from({ length: Math.floor((colors?.length ?? 0) / 3) }, (_, index) => ({
    red: colors?.[index * 3] ?? 0,
    green: colors?.[index * 3 + 1] ?? 0,
    blue: colors?.[index * 3 + 2] ?? 0,
    alpha: (alphas?.[index] ?? 255) / 255,
  }));
}

function* pixelsOf(data: Buffer, header: Header, palette: readonly Color[]): Generator<Color> {
  const { width, height, depth, type } = header;
  const samples = samplesByType[type] ?? 1;
  const rowBytes = Math.ceil((width * samples * depth) / 8);
  const pixelBytes = Math.max(1, (samples * depth) / 8);
  let above: Buffer = Buffer.alloc(rowBytes);
  for (let y = 0; y < height; y += 1) {
    const start = y * (rowBytes + 1);
    const row = unfiltered(
      data.subarray(start + 1, start + 1 + rowBytes),
      data[start] ?? 0,
      above,
      pixelBytes,
      rowBytes,
    );
    for (let x = 0; x < width; x += 1) yield pixelAt(row, x, { depth, type, samples }, palette);
    above = row;
  }
}

/** PNG 3, section 9.2. */
function unfiltered(coded: Buffer, filter: number, above: Buffer, pixelBytes: number, rowBytes: number): Buffer {
  const row = Buffer.alloc(rowBytes);
  for (let index = 0; index < rowBytes; index += 1) {
    const left = index >= pixelBytes ? (row[index - pixelBytes] ?? 0) : 0;
    const up = above[index] ?? 0;
    const corner = index >= pixelBytes ? (above[index - pixelBytes] ?? 0) : 0;
    const predicted = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter] ?? 0;
    row[index] = ((coded[index] ?? 0) + predicted) % 256;
  }
  return row;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(estimate - value));
  if (toLeft === undefined || toUp === undefined || toCorner === undefined) return 0;
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function pixelAt(
  row: Buffer,
  x: number,
  { depth, type, samples }: { readonly depth: number; readonly type: number; readonly samples: number },
  palette: readonly Color[],
): Color {
  if (depth < 8) {
    const bit = x * depth;
    const value = ((row[Math.floor(bit / 8)] ?? 0) >> (8 - depth - (bit % 8))) & (2 ** depth - 1);
    return type === 3 ? (palette[value] ?? gray(0)) : gray((value * 255) / (2 ** depth - 1));
  }
  const [first = 0, second = 0, third = 0, fourth = 255] = row.subarray(x * samples, (x + 1) * samples);
  switch (type) {
    case 3:
      return palette[first] ?? gray(0);
    case 0:
      return gray(first);
    case 4:
      return { ...gray(first), alpha: second / 255 };
    default:
      return { red: first, green: second, blue: third, alpha: type === 6 ? fourth / 255 : 1 };
  }
}

function gray(value: number): Color {
  return { red: value, green: value, blue: value, alpha: 1 };
}
