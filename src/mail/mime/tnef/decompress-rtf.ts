import { byteCursor } from './byte-cursor.ts';

/** What every compressed RTF refers back to (MS-OXRTFCP section 2.2.2.1). */
const dictionary = Buffer.from(
  String.raw`{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
    '\r\n' +
    String.raw`\par \pard\plain\f0\fs20\b\i\u\tab\tx`,
  'latin1',
);

const compressed = 0x75_46_5a_4c;
const uncompressed = 0x41_4c_45_4d;
const windowBytes = 4096;
/** Far above any mail; a sender could claim anything. */
const maxRtfBytes = 32 * 1024 * 1024;

/** The RTF of a `PR_RTF_COMPRESSED` (MS-OXRTFCP); undefined where it is none. */
export function decompressRtf(bytes: Buffer): Buffer | undefined {
  const cursor = byteCursor(bytes);
  cursor.uint32();
  const size = cursor.uint32();
  const kind = cursor.uint32();
  cursor.uint32();
  if (size > maxRtfBytes) return undefined;
  if (kind === uncompressed) return cursor.take(size);
  if (kind !== compressed) return undefined;

  const rtf = Buffer.alloc(size);
  const window = Buffer.alloc(windowBytes);
  dictionary.copy(window);
  let writeAt = dictionary.length;
  let length = 0;
  const write = (byte: number): void => {
    rtf[length++] = byte;
    window[writeAt] = byte;
    writeAt = (writeAt + 1) % windowBytes;
  };
  const isFull = (): boolean => length >= size;
  while (!isFull() && cursor.left() > 0) {
    const control = cursor.uint8();
    for (let bit = 0; bit < 8 && !isFull(); bit += 1) {
      if ((control & (1 << bit)) === 0) {
        if (cursor.left() === 0) break;
        write(cursor.uint8());
        continue;
      }
      const reference = cursor.uint8() * 256 + cursor.uint8();
      const from = reference >> 4;
      // A reference to the place of writing ends the text.
      if (from === writeAt) return rtf.subarray(0, length);
      for (let index = 0; index < (reference & 0xf) + 2 && !isFull(); index += 1) {
        write(window[(from + index) % windowBytes] ?? 0);
      }
    }
  }
  return rtf.subarray(0, length);
}
