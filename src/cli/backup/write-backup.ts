import { createHash } from 'node:crypto';
import {
  createReadStream,
  lstatSync,
  mkdtempSync,
  openSync,
  fsyncSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createWriteStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { AppError, messageOf } from '../../core/errors.ts';
import { isSecretVariable } from '../../core/variables.ts';
import type { Home } from '../../core/home.ts';
import { version } from '../../core/version.ts';
import { structuralFaults, takeSnapshot, type Snapshot } from '../../store/sqlite/snapshot.ts';
import { listHomeFiles, type HomeFile } from './home-files.ts';
import { manifestName, type Manifest, type ManifestFile } from './manifest.ts';
import { tarEnd, tarHeader, tarPadding } from './tar-blocks.ts';

/** How a backup is made. */
export interface BackupOptions {
  readonly withSecrets: boolean;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: {
    readonly doneBytes: number;
    readonly totalBytes: number;
    readonly found: number;
  }) => void;
}

/** A folder beside the file, for what is on its way. Throws `INVALID_INPUT` where nothing can be written. */
function workFolder(file: string): string {
  try {
    return mkdtempSync(join(dirname(file), `.${basename(file)}-`));
  } catch (error) {
    const hint = 'Name a place that you may write to.';
    throw new AppError('INVALID_INPUT', `${file} cannot be written: ${messageOf(error)}.`, { hint }, error);
  }
}

/**
 * Writes a home into `file`, a tar archive packed with Zstandard, while its servers go on. All databases are as of one
 * moment. The file is readable for this user alone, and is there under its name only when it is whole and on the disk.
 * Throws `UNAVAILABLE` for a database that is damaged, and the signal's reason when it is aborted; both leave nothing.
 */
export async function writeBackup(home: Home, file: string, options: BackupOptions): Promise<Manifest> {
  const files = listHomeFiles(home, options);
  const partial = `${file}.partial`;
  const folder = workFolder(file);
  const databases = files.filter(({ isDatabase }) => isDatabase).map(({ path }) => join(home.folder, path));
  let snapshot: Snapshot | undefined;
  try {
    snapshot = await takeSnapshot(databases, options.signal);
    const archive = new Archive(home, { files, snapshot, folder, options });
    await pipeline(
      Readable.from(archive.chunks()),
      // Most of a home is mail that is packed already.
      createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 } }),
      createWriteStream(partial, { mode: 0o600 }),
      { signal: options.signal },
    );
    syncFile(partial);
    renameSync(partial, file);
    syncFile(dirname(file));
    return archive.manifest;
  } catch (error) {
    rmSync(partial, { force: true });
    options.signal.throwIfAborted();
    throw error;
  } finally {
    snapshot?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

interface Sources {
  readonly files: readonly HomeFile[];
  readonly snapshot: Snapshot;
  /** Where copies of databases lie until they are in the archive, one at a time. */
  readonly folder: string;
  readonly options: BackupOptions;
}

/** The bytes of the archive, as they are made. */
class Archive {
  readonly #home: Home;
  readonly #sources: Sources;
  readonly #written: ManifestFile[] = [];
  readonly #totalBytes: number;
  #doneBytes = 0;

  constructor(home: Home, sources: Sources) {
    this.#home = home;
    this.#sources = sources;
    this.#totalBytes = sources.files.reduce((sum, file) => sum + this.#sizeOf(file), 0);
  }

  get manifest(): Manifest {
    const { options } = this.#sources;
    return {
      format: 1,
      version,
      createdAt: new Date(options.nowMs).toISOString(),
      hasSecrets: options.withSecrets,
      files: this.#written,
    };
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (const file of this.#sources.files) yield* file.isDatabase ? this.#database(file.path) : this.#file(file.path);
    const text = Buffer.from(`${JSON.stringify(this.manifest, undefined, 2)}\n`);
    yield* this.#entry(manifestName, text.length, 0o600, [text]);
    yield tarEnd;
  }

  #sizeOf({ path, isDatabase }: HomeFile): number {
    const file = join(this.#home.folder, path);
    return isDatabase ? this.#sources.snapshot.sizeOf(file) : (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0);
  }

  async *#database(path: string): AsyncGenerator<Uint8Array> {
    const { snapshot, folder, options } = this.#sources;
    const copy = join(folder, 'copy.db');
    const file = join(this.#home.folder, path);
    await snapshot.copy(file, copy, options.signal, (bytes) => this.#report(bytes / 2));
    const [fault] = structuralFaults(copy);
    if (fault !== undefined) {
      throw new AppError('UNAVAILABLE', `${path} is damaged, so there is no backup of it: ${fault}.`, {
        hint: 'Run gmail-llm check. An older backup is still good; keep it.',
      });
    }
    yield* this.#add(path, lstatSync(copy).size, 0o600, createReadStream(copy));
    rmSync(copy);
  }

  async *#file(path: string): AsyncGenerator<Uint8Array> {
    const file = join(this.#home.folder, path);
    const facts = lstatSync(file, { throwIfNoEntry: false });
    // A key of a login that was just removed, or a file that was written anew under another name.
    if (facts === undefined) return;
    // At once: a small file that is replaced meanwhile is of one moment all the same.
    const content = readFileSync(file);
    const bytes = path === 'settings' && !this.#sources.options.withSecrets ? withoutSecretLines(content) : content;
    yield* this.#add(path, bytes.length, facts.mode & 0o777, [bytes]);
  }

  async *#add(
    path: string,
    sizeBytes: number,
    mode: number,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ) {
    const hash = createHash('sha256');
    yield* this.#entry(path, sizeBytes, mode, content, (chunk) => {
      hash.update(chunk);
    });
    this.#doneBytes += sizeBytes;
    this.#written.push({ path, sizeBytes, sha256: hash.digest('hex'), mode });
    this.#report(0);
  }

  async *#entry(
    path: string,
    sizeBytes: number,
    mode: number,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    onChunk: (chunk: Uint8Array) => void = () => undefined,
  ): AsyncGenerator<Uint8Array> {
    yield tarHeader(path, sizeBytes, this.#sources.options.nowMs, mode);
    let written = 0;
    for await (const chunk of content) {
      written += chunk.length;
      onChunk(chunk);
      yield chunk;
    }
    if (written !== sizeBytes) throw new Error(`${path} changed its size from ${sizeBytes} to ${written} bytes`);
    yield tarPadding(sizeBytes);
  }

  #report(underWay: number): void {
    const { options } = this.#sources;
    options.onProgress({
      doneBytes: this.#doneBytes + underWay,
      totalBytes: this.#totalBytes,
      found: this.#written.length,
    });
  }
}

/** Settings whose secret lines name their variable and no value. */
function withoutSecretLines(content: Buffer): Buffer {
  const lines = content.toString('utf8').split('\n');
  return Buffer.from(
    lines
      .map((line) => {
        const name = /^\s*([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
        return name !== undefined && isSecretVariable(name) ? `# ${name} was left out of the backup` : line;
      })
      .join('\n'),
  );
}
