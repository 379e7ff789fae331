import type { ThreadRow } from '../../store/mail/thread-rows.ts';

/** Gmail begins a new thread after this many messages (support.google.com/mail/answer/5900). */
export const maxThreadMessages = 100;

/**
 * Follows a thread to where its messages are now, and, with `open`, on to where the next message goes. `threads` holds it
 * with all that its successors lead to.
 */
export function followThread(
  threads: ReadonlyMap<number, ThreadRow>,
  key: number,
  until: 'joined' | 'open',
): ThreadRow {
  const read = (wanted: number): ThreadRow => {
    const thread = threads.get(wanted);
    if (thread === undefined) throw new Error(`thread ${wanted} is missing`);
    return thread;
  };
  const seen = new Set<number>();
  let thread = read(key);
  while (thread.successorKey !== undefined && !seen.has(thread.successorKey)) {
    const isEmpty = thread.messagesTotal === 0;
    if (!isEmpty && (until === 'joined' || thread.messagesTotal < maxThreadMessages)) break;
    seen.add(thread.key);
    thread = read(thread.successorKey);
  }
  return thread;
}
