import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { AppError, reasonOf } from '../core/errors.ts';

/** Entries that are looked at; a bomb lists millions. */
const maxEntries = 10_000;
/** What one entry may unpack to, and all that are read together. */
const maxEntryBytes = 50_000_000;
const maxReadBytes = 150_000_000;

/** A file in an archive, before it is unpacked. */
interface ZipEntry {
  /** As the archive has it, `/` between folders. Never a path of this machine. */
  readonly name: string;
  /** What the archive claims. */
  readonly sizeBytes: number;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
}

/** An archive in memory whose entries are unpacked one by one, within bounds whatever it claims. */
export interface BoundedZip {
  readonly entries: readonly ZipEntry[];
  /** Whether there are more entries than `entries` has. */
  readonly hasMore: boolean;
  /** The bytes of an entry; undefined where there is none of this name. Throws `TOO_LARGE`, `INVALID_INPUT`. */
  read(name: string): Promise<Buffer | undefined>;
}

function broken(error: unknown): AppError {
  return new AppError('INVALID_INPUT', `This is no archive that can be read: ${reasonOf(error)}.`, {}, error);
}

function tooLarge(name: string): AppError {
  const expected = `at most ${maxEntryBytes / 1e6} MB an entry, ${maxReadBytes / 1e6} MB in all`;
  return new AppError('TOO_LARGE', 'An entry of the archive unpacks to too much.', {
    expected,
    got: name.slice(0, 120),
  });
}

async function listEntries(file: ZipFile): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of file.eachEntry()) {
      entries.push(entry);
      if (entries.length >= maxEntries) break;
    }
  } catch (error) {
    // What could be listed is worth having: archives are often cut off.
    if (entries.length === 0) throw broken(error);
  }
  return entries;
}

async function unpack(file: ZipFile, entry: Entry, allowance: number): Promise<Buffer> {
  try {
    const stream = await file.openReadStreamPromise(entry);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      if (size > Math.min(maxEntryBytes, allowance)) throw tooLarge(entry.fileName);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw error instanceof AppError ? error : broken(error);
  }
}

/** Whether bytes begin as a ZIP archive does, also an empty one. */
export function isZip(content: Uint8Array): boolean {
  return (
    content[0] === 0x50 &&
    content[1] === 0x4b &&
    (content[2] === 3 || content[2] === 5) &&
    (content[3] === 4 || content[3] === 6)
  );
}

/** Opens an archive. Throws `INVALID_INPUT` for what is none. */
export async function openZip(content: Uint8Array): Promise<BoundedZip> {
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  // Names are only compared and shown, so odd ones (backslashes, `..`) need not make the archive unreadable.
  const file = await fromBufferPromise(buffer, { autoClose: false, strictFileNames: false }).catch((error: unknown) => {
    throw broken(error);
  });
  const entries = await listEntries(file);
  const byName = new Map(entries.map((entry) => [entry.fileName, entry]));
  let readBytes = 0;
  return {
    entries: entries.map((entry) => ({
      name: entry.fileName,
      sizeBytes: entry.uncompressedSize,
      isFolder: entry.fileName.endsWith('/'),
      isEncrypted: entry.isEncrypted(),
    })),
    hasMore: entries.length < file.entryCount,
    async read(name) {
      const entry = byName.get(name);
      if (entry === undefined) return undefined;
      if (entry.isEncrypted()) {
        throw new AppError('UNSUPPORTED', 'The archive is protected with a password.', { got: name.slice(0, 120) });
      }
      const bytes = await unpack(file, entry, maxReadBytes - readBytes);
      readBytes += bytes.byteLength;
      return bytes;
    },
  };
}
