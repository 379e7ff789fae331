import { closeSync, fstatSync, statSync, writeSync } from 'node:fs';
import { AppError, messageOf } from '../../core/errors.ts';
import { openForAppending, rotate, type RotatingFile } from './log-file.ts';

/** The supervisor's own log. */
export interface MainLog {
  /** Appends a whole line and rotates the file when it is over its limit. */
  write(line: string): void;
  close(): void;
}

/** Opens the main log. Throws `UNAVAILABLE` with a way out. */
export function openMainLog(file: RotatingFile): MainLog {
  let descriptor: number;
  try {
    descriptor = openForAppending(file.path);
  } catch (error) {
    throw new AppError(
      'UNAVAILABLE',
      `The log ${file.path} cannot be written: ${messageOf(error)}.`,
      { hint: 'Give this user write access to it and its folder, or name another logfile in [supervisord].' },
      error,
    );
  }
  return {
    write: (line) => {
      try {
        writeSync(descriptor, line);
        if (file.maximumBytes > 0 && fstatSync(descriptor).size > file.maximumBytes) rotate(file, (work) => work());
      } catch {
        // A full disk must not take the supervisor down: the programs matter more than its log.
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** Whether standard output goes into this very file. */
export function isStandardOutput(path: string): boolean {
  try {
    const output = fstatSync(1);
    const file = statSync(path);
    return output.dev === file.dev && output.ino === file.ino;
  } catch {
    return false;
  }
}
