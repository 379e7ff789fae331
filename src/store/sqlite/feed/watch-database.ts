import { integerOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { FeedWatch } from '../../sql/feed/create-feed.ts';

/** How often it is asked whether another process has written: takes a few microseconds, and only while somebody waits. */
const pollMs = 100;

/** Watches a database by its `data_version` (sqlite.org/pragma.html), which changes with every commit of another connection. */
export function watchDatabase(database: Database): FeedWatch {
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
