import { inflateSync } from 'node:zlib';

/** A picture of a page: rows of pixels, each with as many bytes as `channels`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Decodes a screenshot as Chromium writes it: eight bits a channel, not interlaced. */
export function decodePng(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return {
    width,
    height,
    channels,
    data: unfilter(inflateSync(Buffer.concat(parts)), width * channels, height, channels),
  };
}

function unfilter(coded: Uint8Array, rowBytes: number, height: number, channels: number): Uint8Array {
  const data = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const filter = coded[y * (rowBytes + 1)] ?? 0;
    const from = y * (rowBytes + 1) + 1;
    const to = y * rowBytes;
    for (let x = 0; x < rowBytes; x += 1) {
      const left = x >= channels ? (data[to + x - channels] ?? 0) : 0;
      const up = y > 0 ? (data[to + x - rowBytes] ?? 0) : 0;
      const corner = x >= channels && y > 0 ? (data[to + x - rowBytes - channels] ?? 0) : 0;
      data[to + x] = (coded[from + x] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  return data;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** A rectangle in pixels of the page. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Channels that are no further apart look the same. */
const visibleDifference = 16;

/** Whether two pictures differ to the eye inside of a rectangle; what is outside of the pictures is not seen. */
export function differs(one: Picture, other: Picture, { x, y, width, height }: Rectangle): boolean {
  const right = Math.min(Math.ceil(x + width), one.width, other.width);
  const bottom = Math.min(Math.ceil(y + height), one.height, other.height);
  for (let row = Math.max(0, Math.floor(y)); row < bottom; row += 1) {
    for (let column = Math.max(0, Math.floor(x)); column < right; column += 1) {
      const [at, otherAt] = [(row * one.width + column) * one.channels, (row * other.width + column) * other.channels];
      for (let channel = 0; channel < 3; channel += 1) {
        const difference = Math.abs((one.data[at + channel] ?? 0) - (other.data[otherAt + channel] ?? 0));
        if (difference > visibleDifference) return true;
      }
    }
  }
  return false;
}
