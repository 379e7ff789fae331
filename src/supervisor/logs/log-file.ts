import {
  closeSync,
  copyFileSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { systemCode } from '../../core/errors.ts';

/** A log file that processes append to by themselves; it is rotated under them. */
export interface RotatingFile {
  readonly path: string;
  /** 0 is never. */
  readonly maximumBytes: number;
  readonly backups: number;
}

const chunkBytes = 64 * 1024;

/** A descriptor that appends to the file, which is made for its owner alone if need be. Throws the system's error. */
export function openForAppending(path: string): number {
  const descriptor = openSync(path, 'a', 0o600);
  // One that an older version made for all to read.
  const stats = fstatSync(descriptor);
  if (stats.isFile() && (stats.mode & 0o077) !== 0 && stats.uid === process.getuid?.()) fchmodSync(descriptor, 0o600);
  return descriptor;
}

/** Size of a regular file in bytes; undefined where there is none, it cannot be reached, or it is a device or a pipe. */
export function logSizeBytes(path: string): number | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

/** Empties the file; those who append to it go on at its start. */
export function emptyLog(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    ftruncateSync(descriptor, 0);
  } finally {
    closeSync(descriptor);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Moves `path.1` to `path.2` and so on; the last one falls out. */
function shiftBackups(path: string, backups: number): void {
  for (let number = backups - 1; number >= 1; number--) renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
}

/** Appends what `source` holds from `offset` on to `target`; answers where it ended. */
function appendRest(source: number, target: number, offset: number): number {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let position = offset;
  for (;;) {
    const count = readSync(source, chunk, 0, chunkBytes, position);
    if (count === 0) return position;
    writeSync(target, chunk, 0, count);
    position += count;
  }
}

/**
 * Copies the log to `path.1`, shifts the older ones up and empties the log in place, so that its writers need not know.
 * The bulk is copied while they write; `whilePaused` has to hold them still for the rest, or what they write within
 * these microseconds is lost.
 */
export function rotate({ path, backups }: RotatingFile, whilePaused: (work: () => void) => void): void {
  if (backups < 1) {
    emptyLog(path);
    return;
  }
  shiftBackups(path, backups);
  const backup = `${path}.1`;
  copyFileSync(path, backup);
  const source = openSync(path, 'r+');
  const target = openSync(backup, 'a');
  try {
    const copied = appendRest(source, target, fstatSync(target).size);
    whilePaused(() => {
      appendRest(source, target, copied);
      ftruncateSync(source, 0);
    });
  } finally {
    closeSync(source);
    closeSync(target);
  }
}
