import type { ByteSource } from './byte-source.ts';
import { skipBytes } from './byte-source.ts';

/** A file inside a tar archive, readable while {@link readTarEntries} stands at it: twice from its beginning, not more. */
export interface TarEntry {
  /** Its path inside the archive, with `/`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly source: ByteSource;
}

const blockBytes = 512;
/** Names that do not fit a header are in an entry of their own; the longest paths of file systems are 4 KiB. */
const maxNameBytes = 1024 * 1024;
/** What a first reader has taken of an entry is kept for a second one, who begins again after looking at the format. */
const replayedBytes = 1024 * 1024;

/** Whether bytes begin with the header of a tar archive (POSIX ustar, GNU and the one before them). */
export function beginsLikeTar(head: Uint8Array): boolean {
  return head.length >= blockBytes && readHeader(Buffer.from(head.subarray(0, blockBytes))) !== undefined;
}

/** The files of a tar archive, one after the other. Throws for an archive that is damaged or ends too early. */
export async function* readTarEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const stream = new TarStream(chunks);
  let longName: string | undefined;
  for (;;) {
    const block = await stream.takeBlock();
    // Two blocks of zeros end an archive; some programs leave them out.
    if (block === undefined || block.every((byte) => byte === 0)) return;
    const header = readHeader(block);
    if (header === undefined) throw new Error('the tar archive is damaged');
    const entry = stream.enter(header.sizeBytes);
    if (header.type === 'L' || header.type === 'x') {
      if (header.sizeBytes > maxNameBytes) throw new Error('the tar archive has a name of more than 1 MiB');
      const text = (await entry.takeAll()).toString('utf8');
      longName = header.type === 'L' ? text.replace(/\0.*$/s, '') : (paxPath(text) ?? longName);
    } else {
      const { sizeBytes, modifiedMs } = header;
      const isFile = header.type === '0' || header.type === '\0' || header.type === '7';
      if (isFile) yield { name: longName ?? header.name, sizeBytes, modifiedMs, source: entry };
      longName = undefined;
    }
    await entry.skip();
  }
}

interface TarHeader {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Undefined for a block whose checksum is not right. */
function readHeader(block: Buffer): TarHeader | undefined {
  const text = (start: number, end: number): string => block.toString('utf8', start, end).replace(/\0.*$/s, '');
  // The checksum counts its own field as spaces.
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  if (sum !== Number.parseInt(text(148, 156).trim(), 8)) return undefined;
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  return {
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    type: block.toString('latin1', 156, 157),
    sizeBytes: readNumber(block.subarray(124, 136)),
    modifiedMs: readNumber(block.subarray(136, 148)) * 1000,
  };
}

/** Octal digits or, for files over 8 GiB, GNU's big-endian number behind a set bit. */
function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0)
    return Number.parseInt(field.toString('latin1').replace(/\0.*$/s, '').trim(), 8) || 0;
  return field.subarray(4).reduce((value, byte) => value * 256 + byte, 0);
}

/** The path that a pax header (POSIX.1-2001) gives for the next entry. */
function paxPath(records: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(records)?.[1];
}

/** The bytes of one entry and, when it was left, of its padding. */
interface EnteredEntry extends ByteSource {
  readonly takeAll: () => Promise<Buffer>;
  readonly skip: () => Promise<void>;
}

/** An archive's bytes as they come, and how far they were taken. */
class TarStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next block; undefined at the end. */
  async takeBlock(): Promise<Buffer | undefined> {
    return (await this.#isAtEnd()) ? undefined : this.take(blockBytes);
  }

  /** Exactly this many bytes. */
  async take(count: number): Promise<Buffer> {
    const taken: Buffer[] = [];
    for (let left = count; left > 0;) {
      const piece = await this.#next(left);
      taken.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(taken);
  }

  enter(sizeBytes: number): EnteredEntry {
    let left = sizeBytes;
    const padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    const seen: Buffer[] = [];
    let seenBytes = 0;
    /** The next piece of the entry; undefined at its end. */
    const next = async (): Promise<Buffer | undefined> => {
      if (left === 0) return undefined;
      const piece = await this.#next(left);
      left -= piece.length;
      seenBytes += piece.length;
      if (seenBytes <= replayedBytes) seen.push(piece);
      return piece;
    };
    const toEnd = async (): Promise<void> => {
      while ((await next()) !== undefined);
    };
    async function* whole(): AsyncGenerator<Uint8Array> {
      if (seenBytes > replayedBytes) throw new Error('an entry of a tar archive cannot be read again');
      const again = seen.slice();
      yield* again;
      for (let piece = await next(); piece !== undefined; piece = await next()) yield piece;
    }
    return {
      read: (startBytes) => skipBytes(whole(), startBytes),
      takeAll: async () => {
        await toEnd();
        return Buffer.concat(seen);
      },
      skip: async () => {
        await toEnd();
        await this.take(padding);
      },
    };
  }

  /** At least one byte, at most this many. */
  async #next(limitBytes: number): Promise<Buffer> {
    if (await this.#isAtEnd()) throw new Error('the tar archive ends too early');
    const piece = this.#rest.subarray(0, limitBytes);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async #isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return true;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    return false;
  }
}
