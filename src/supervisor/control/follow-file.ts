import { watch } from 'node:fs';
import type { Writable } from 'node:stream';
import { logSizeBytes } from '../logs/log-file.ts';
import { readLogRange } from '../logs/read-log.ts';

/** How much of the log is shown before what comes: as supervisord does. */
const headBytes = 1_024;

/**
 * Writes the end of a log to `output`, then what it grows by, until `output` closes. A log that shrinks is told with
 * `==> File truncated <==`.
 */
export function followFile(path: string, output: Writable): void {
  let position = Math.max(0, (logSizeBytes(path) ?? 0) - headBytes);
  let isFull = false;
  const pump = (): void => {
    try {
      copyWhatCame();
    } catch {
      // The log has been taken away: there is nothing more to follow.
      output.end();
    }
  };
  const copyWhatCame = (): void => {
    if (isFull) return;
    const size = logSizeBytes(path) ?? 0;
    if (size < position) {
      output.write('==> File truncated <==\n');
      position = 0;
    }
    while (position < size && !isFull) {
      const bytes = readLogRange(path, position, 64 * 1024);
      if (bytes.length === 0) return;
      position += bytes.length;
      isFull = !output.write(bytes);
    }
  };
  const watcher = watch(path, pump);
  watcher.on('error', () => output.end());
  output.on('drain', () => {
    isFull = false;
    pump();
  });
  output.on('close', () => watcher.close());
  pump();
}
