/** What is known of a picture from its first bytes. */
export interface ImageFacts {
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** Pixels; undefined where the bytes do not say. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

function jpegSize(bytes: DataView): { readonly width: number; readonly height: number } | undefined {
  let at = 2;
  while (at + 9 < bytes.byteLength && bytes.getUint8(at) === 0xff) {
    const marker = bytes.getUint8(at + 1);
    // Frame headers, but for tables and restarts between them (ITU T.81 table B.1).
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.getUint16(at + 5), width: bytes.getUint16(at + 7) };
    at += 2 + (marker >= 0xd0 && marker <= 0xd9 ? 0 : bytes.getUint16(at + 2));
  }
  return undefined;
}

function webpSize(bytes: DataView, kind: string): { readonly width: number; readonly height: number } | undefined {
  if (kind === 'VP8X' && bytes.byteLength >= 30) {
    const value = (at: number): number => bytes.getUint16(at, true) + bytes.getUint8(at + 2) * 65_536 + 1;
    return { width: value(24), height: value(27) };
  }
  if (kind === 'VP8L' && bytes.byteLength >= 25) {
    const bits = bytes.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ' && bytes.byteLength >= 30) {
    return { width: bytes.getUint16(26, true) & 0x3fff, height: bytes.getUint16(28, true) & 0x3fff };
  }
  return undefined;
}

/** The kind and size of a picture that models can be shown; undefined for anything else, whatever it is called. */
export function imageFacts(content: Uint8Array): ImageFacts | undefined {
  const bytes = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const latin = (from: number, to: number): string => String.fromCharCode(...content.subarray(from, to));
  if (latin(1, 4) === 'PNG' && content[0] === 0x89 && bytes.byteLength >= 24) {
    return { mimeType: 'image/png', width: bytes.getUint32(16), height: bytes.getUint32(20) };
  }
  if (/^GIF8[79]a$/.test(latin(0, 6)) && bytes.byteLength >= 10) {
    return { mimeType: 'image/gif', width: bytes.getUint16(6, true), height: bytes.getUint16(8, true) };
  }
  if (content[0] === 0xff && content[1] === 0xd8 && content[2] === 0xff) {
    const size = jpegSize(bytes);
    return { mimeType: 'image/jpeg', width: size?.width, height: size?.height };
  }
  if (latin(0, 4) === 'RIFF' && latin(8, 12) === 'WEBP') {
    const size = webpSize(bytes, latin(12, 16));
    return { mimeType: 'image/webp', width: size?.width, height: size?.height };
  }
  return undefined;
}
