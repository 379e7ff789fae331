import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { skipBytes, type ByteSource } from './byte-source.ts';

/** A file inside a zip archive, readable while {@link readZipEntries} stands at it. */
export interface ZipEntry {
  /** Its path inside the archive, with `/`. */
  readonly name: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly modifiedMs: number;
  readonly source: ByteSource;
}

/** The files of a zip archive, one after the other. Throws what is wrong with an archive that cannot be read. */
export async function* readZipEntries(path: string): AsyncGenerator<ZipEntry> {
  const zip = await openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      yield {
        name: entry.fileName,
        packedBytes: entry.compressedSize,
        unpackedBytes: entry.uncompressedSize,
        modifiedMs: entry.getLastModDate().getTime(),
        source: entrySource(zip, entry),
      };
    }
  } finally {
    zip.close();
  }
}

function entrySource(zip: ZipFile, entry: Entry): ByteSource {
  return {
    async *read(startBytes, onRead) {
      if (entry.isEncrypted()) throw new Error('it is encrypted; unpack the archive first');
      const stream = await zip.openReadStreamPromise(entry);
      const packedShare = entry.compressedSize / Math.max(1, entry.uncompressedSize);
      try {
        for await (const chunk of skipBytes(
          counted(stream, (bytes) => onRead?.(bytes * packedShare)),
          startBytes,
        )) {
          yield chunk;
        }
      } finally {
        stream.destroy();
      }
    },
  };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}
