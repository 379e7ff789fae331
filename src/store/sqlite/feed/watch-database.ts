import type { Database } from '../database.ts';
import { integerOf } from '../database.ts';

/** How often it is asked whether another process has written: takes a few microseconds, and only while somebody waits. */
const pollMs = 100;

/** Wakes those who wait for a database to change. */
export interface DatabaseWatch {
  /** Resolves at the next change, by this process or another, or when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>;
  /** To be called after this process has written. */
  wrote(): void;
  close(): void;
}

/** Watches a database by its `data_version` (sqlite.org/pragma.html), which changes with every commit of another connection. */
export function watchDatabase(database: Database): DatabaseWatch {
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let version: number | undefined;

  const readVersion = (): number => {
    const row = database.get('PRAGMA data_version');
    return row === undefined ? 0 : integerOf(row, 'data_version');
  };

  function wakeAll(): void {
    for (const wake of waiting) wake();
  }

  function poll(): void {
    let now: number;
    try {
      now = readVersion();
    } catch {
      // Whoever waits reads next, and is told then what is wrong with the file.
      wakeAll();
      return;
    }
    if (now === version) return;
    version = now;
    wakeAll();
  }

  function stopWhenIdle(): void {
    if (waiting.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    next(signal) {
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          stopWhenIdle();
          resolve();
        };
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
        version ??= readVersion();
        timer ??= setInterval(poll, pollMs).unref();
      });
    },
    wrote: wakeAll,
    close() {
      wakeAll();
      clearInterval(timer);
    },
  };
}
