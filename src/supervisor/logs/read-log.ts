import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of a file from `offset` on, at most `length`. Throws the system's error. */
export function readLogRange(path: string, offset: number, length: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const available = Math.max(0, fstatSync(descriptor).size - offset);
    const bytes = Buffer.alloc(Math.min(length, available));
    const count = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, offset);
    return bytes.subarray(0, count);
  } finally {
    closeSync(descriptor);
  }
}

/** The last `length` bytes of a file; empty where there is no file or it cannot be read. */
export function readLogEnd(path: string, length: number): Buffer {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const bytes = Buffer.alloc(Math.min(length, size));
      const count = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      return bytes.subarray(0, count);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return Buffer.alloc(0);
  }
}
