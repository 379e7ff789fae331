import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, messageOf } from '../../core/errors.ts';
import { makeFolder } from '../../core/make-folder.ts';
import type { Output } from '../output.ts';
import type { ExportedMessage } from './exported-message.ts';
import { maildirPath } from './maildir-path.ts';

/** Where exported messages go. */
export interface ExportTarget<Piece> {
  write(piece: Piece): Promise<void>;
  /** All of it is there under its name. */
  finish(): Promise<void>;
  /** Takes away what is not whole. */
  abandon(): Promise<void>;
}

function requireNew(path: string): void {
  if (!existsSync(path)) return;
  throw new AppError('CONFLICT', `${path} is there already.`, { hint: 'Name another one, or remove it first.' });
}

function notWritable(path: string, error: unknown): AppError {
  const hint = 'Name a place in a folder that is there and that you may write to.';
  return new AppError('INVALID_INPUT', `${path} cannot be written: ${messageOf(error)}.`, { hint }, error);
}

/** A file that is there under its name once it is whole, for this user alone. Throws `CONFLICT` for one that is there. */
export async function fileTarget(path: string): Promise<ExportTarget<Uint8Array | string>> {
  requireNew(path);
  const partial = `${path}.partial`;
  const file: FileHandle = await open(partial, 'w', 0o600).catch((error: unknown) => {
    throw notWritable(path, error);
  });
  return {
    write: (piece) => file.writeFile(piece),
    async finish() {
      await file.sync();
      await file.close();
      await rename(partial, path);
    },
    async abandon() {
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

/** Standard output, no faster than its reader. */
export function streamTarget(output: Output): ExportTarget<Uint8Array | string> {
  return {
    async write(piece) {
      const isTaken = output.write(piece);
      if (isTaken === false) await once(process.stdout, 'drain');
    },
    finish: async () => undefined,
    abandon: async () => undefined,
  };
}

/** A new Maildir. Throws `CONFLICT` for a folder that is there. An unfinished one stays: its messages are whole. */
export function maildirTarget(folder: string): ExportTarget<ExportedMessage> {
  requireNew(folder);
  try {
    for (const name of ['cur', 'new', 'tmp']) makeFolder(join(folder, name), 0o700);
  } catch (error) {
    throw notWritable(folder, error);
  }
  return {
    async write(message) {
      const file = join(folder, maildirPath(message));
      const own = dirname(dirname(file));
      for (const name of ['cur', 'new', 'tmp']) makeFolder(join(own, name), 0o700);
      writeFileSync(file, message.raw, { mode: 0o600 });
    },
    finish: async () => undefined,
    abandon: async () => undefined,
  };
}
