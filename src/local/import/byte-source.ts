import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
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
        const { size } = fstatSync(file);
        for (let position = startBytes; position < size;) {
          const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, size - position));
          const length = readSync(file, chunk, 0, chunk.length, position);
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

/** The first `limitBytes` of a source, or all of a shorter one. Throws what the source throws before that. */
export async function readUpTo(source: ByteSource, limitBytes: number): Promise<Buffer> {
  const { bytes, error } = await readUpToError(source, limitBytes);
  if (error !== undefined) throw error;
  return bytes;
}

/** The first `limitBytes` of a source, or what comes before its end or, with the `error`, before it breaks off. */
export async function readUpToError(
  source: ByteSource,
  limitBytes: number,
): Promise<{ readonly bytes: Buffer; readonly error?: unknown }> {
  const parts: Uint8Array[] = [];
  const read = (): Buffer => Buffer.concat(parts).subarray(0, limitBytes);
  let length = 0;
  try {
    for await (const chunk of source.read(0)) {
      parts.push(chunk);
      length += chunk.length;
      if (length >= limitBytes) break;
    }
    return { bytes: read() };
  } catch (error) {
    return { bytes: read(), error };
  }
}
