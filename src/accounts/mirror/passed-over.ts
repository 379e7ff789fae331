import * as z from 'zod';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';
import { isLater } from '../../store/feed/history-ids.ts';

/**
 * Changes of messages that were not in the mirror when the history spoke of them: whoever had fetched such a message before
 * would store it as it was before the change, and nobody would ever make up for that.
 */
const schema = z.object({
  /** Changes after this history id are all here. */
  completeAfter: z.string(),
  /** The id of the last change of each message. */
  changes: z.array(z.tuple([z.string(), z.string()])),
});
type PassedOver = z.output<typeof schema>;

const name = 'mirror passed over';
/** What is under way is stored, or has failed, long before so many other messages have changed. */
const mostChanges = 2000;

async function read(rows: MailRows): Promise<PassedOver> {
  const value = await rows.values.get('mark', name);
  return value === undefined ? { completeAfter: '0', changes: [] } : schema.parse(JSON.parse(value));
}

/** Notes changes of messages that are not there: the id of each change by the message's. */
export async function notePassedOver(rows: MailWriter, changes: ReadonlyMap<string, string>): Promise<void> {
  if (changes.size === 0) return;
  const { completeAfter, changes: known } = await read(rows);
  // The last ones at the end.
  const all = [...known.filter(([id]) => !changes.has(id)), ...changes];
  const dropped = all.slice(0, -mostChanges).map(([, historyId]) => historyId);
  const last = dropped.reduce((latest, id) => (isLater(id, latest) ? id : latest), completeAfter);
  await rows.values.put('mark', name, JSON.stringify({ completeAfter: last, changes: all.slice(-mostChanges) }));
}

/**
 * Whether a message may be stored as it was fetched: nothing of what the history told meanwhile is missing in it. `from` is
 * how far the mirror had followed the history before the message was asked for.
 */
export async function upToDateCheck(
  rows: MailRows,
  from: string,
): Promise<(message: { readonly id: string; readonly historyId: string }) => boolean> {
  const { completeAfter, changes } = await read(rows);
  if (isLater(completeAfter, from)) return () => false;
  const changedAt = new Map(changes);
  return ({ id, historyId }) => {
    const changed = changedAt.get(id);
    return changed === undefined || !isLater(changed, historyId);
  };
}
