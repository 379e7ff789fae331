import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { AppError, messageOf } from '../../core/errors.ts';
import { readTarEntries, type TarEntry } from '../../local/import/tar-entries.ts';
import { manifest as manifestSchema, manifestName, type Manifest } from './manifest.ts';

/** Takes the bytes of one file of a backup; the file is over when it returns. */
export type TakeFile = (path: string, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

/** A path that stays below the folder it is put into, of files that a backup of ours holds. */
const ownPath = /^(?:settings|policy\.json|supervisord\.conf|data\/(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]+)$/;

/**
 * Reads a backup to its end, handing over each file, and compares all with what the manifest says of them. Throws
 * `INVALID_INPUT` for what is no backup, is damaged or was cut off: then what was handed over is not to be used.
 */
export async function readBackup(file: string, take: TakeFile, signal: AbortSignal): Promise<Manifest> {
  const found = new Map<string, { readonly sizeBytes: number; readonly sha256: string }>();
  let manifest: Manifest | undefined;
  try {
    const unpacked = createZstdDecompress();
    // What goes wrong is heard where the entries are read.
    pipeline(createReadStream(file), unpacked, () => undefined);
    for await (const entry of readTarEntries(unpacked)) {
      signal.throwIfAborted();
      if (entry.name === manifestName) manifest = manifestSchema.parse(JSON.parse(await textOf(entry)));
      else if (ownPath.test(entry.name)) found.set(entry.name, await takeEntry(entry, take));
      else throw new Error(`it holds ${JSON.stringify(entry.name)}`);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw notABackup(file, messageOf(error), error);
  }
  if (manifest === undefined) throw notABackup(file, 'its end, with the manifest, is missing');
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    const actual = found.get(path);
    if (actual === undefined) throw notABackup(file, `${path} is missing`);
    if (actual.sizeBytes !== sizeBytes || actual.sha256 !== sha256) throw notABackup(file, `${path} was changed`);
    found.delete(path);
  }
  const [stray] = found.keys();
  if (stray !== undefined) throw notABackup(file, `its manifest does not know ${stray}`);
  return manifest;
}

async function takeEntry(
  entry: TarEntry,
  take: TakeFile,
): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of entry.source.read(0)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  await take(entry.name, counted());
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function textOf({ source }: TarEntry): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read(0)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function notABackup(file: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'INVALID_INPUT',
    `${file} is no whole backup: ${what}.`,
    { expected: 'a file that gmail-llm backup wrote', hint: 'Use another backup. Nothing of this home was changed.' },
    cause,
  );
}
