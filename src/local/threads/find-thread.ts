import type { MailRows } from '../../store/mail/mail-store.ts';
import type { ThreadRow } from '../../store/mail/thread-rows.ts';
import { followThread } from './follow-thread.ts';

/** The thread of an id, or the one that its messages were joined to; undefined for an id that no thread ever had. */
export async function findThread(rows: MailRows, id: string): Promise<ThreadRow | undefined> {
  const { threads } = await rows.threads.around({ ids: [id] });
  const named = threads.find((thread) => thread.id === id);
  return named && followThread(new Map(threads.map((thread) => [thread.key, thread])), named.key, 'joined');
}
