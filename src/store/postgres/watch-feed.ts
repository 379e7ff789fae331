import type { FeedWatch } from '../sql/feed/create-feed.ts';
import type { PostgresDatabase } from './database.ts';

/** How often is looked for events of other processes, where no notification comes. */
const pollMs = 1000;
/** What writers of the feed notify. */
const channel = 'feed_of_gmail_llm';

/** Wakes readers by `LISTEN`; they look by themselves now and then, so that one that is lost costs a second. */
export function watchFeed(database: PostgresDatabase): FeedWatch {
  const waiting = new Set<() => void>();
  let listening: { readonly stop: () => void } | undefined;
  let isClosed = false;

  function wakeAll(): void {
    for (const wake of waiting) wake();
  }

  return {
    next(signal) {
      if (signal.aborted || isClosed) return Promise.resolve();
      listening ??= database.listen(channel, wakeAll);
      return new Promise((resolve) => {
        const timer = setTimeout(() => wake(), pollMs).unref();
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
      });
    },
    wrote() {
      wakeAll();
      // Nobody waits for it: without it others look a second later.
      database.run(`NOTIFY ${channel}`).catch(() => undefined);
    },
    close() {
      isClosed = true;
      listening?.stop();
      wakeAll();
    },
  };
}
