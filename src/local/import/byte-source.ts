import { closeSync, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Hears how many bytes were taken from the disk just now. */
export type OnRead = (bytes: number) => void;

/** Bytes that can be read more than once, from their beginning or from a later place. */
export interface ByteSource {
  /** The bytes from an offset on. Throws what the system throws. */
  readonly read: (startBytes: number, onRead?: OnRead) => AsyncIterable<Uint8Array>;
}

const chunkBytes = 256 * 1024;

/** The bytes of a file. Read without waiting for a thread: an archive of small files is read several times as fast. */
export function fileSource(path: string): ByteSource {
  return {
    async *read(startBytes, onRead) {
      const file = openSync(path, 'r');
      try {
        onRead?.(startBytes);
        for (let position = startBytes; ; ) {
          const chunk = Buffer.allocUnsafe(chunkBytes);
          const length = readSync(file, chunk, 0, chunkBytes, position);
          if (length === 0) return;
          position += length;
          onRead?.(length);
          yield chunk.subarray(0, length);
        }
      } finally {
        closeSync(file);
      }
    },
  };
}

/** Bytes that were read already. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    async *read(startBytes) {
      yield bytes.subarray(startBytes);
    },
  };
}

/** What is packed in a gzip; offsets count unpacked bytes. */
export function gunzipSource(packed: ByteSource): ByteSource {
  return {
    read(startBytes, onRead) {
      const gunzip = createGunzip({ chunkSize: chunkBytes });
      // A failure of either stream is thrown to whoever reads the last one.
      pipeline(packed.read(0, onRead), gunzip, () => undefined);
      return skipBytes(gunzip, startBytes);
    },
  };
}

/** The bytes of `chunks` without the first `count`. */
export async function* skipBytes(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** The first `limitBytes` of a source, or all of a shorter one. */
export async function readUpTo(source: ByteSource, limitBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.read(0)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= limitBytes) break;
  }
  const [only] = parts;
  const all = parts.length === 1 && only !== undefined ? Buffer.from(only.buffer, only.byteOffset, length) : Buffer.concat(parts);
  return all.subarray(0, limitBytes);
}
