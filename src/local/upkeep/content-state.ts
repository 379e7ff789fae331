import * as z from 'zod';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';

/**
 * Counts the ways in which content was made of messages. To be raised with every change of what a mailbox stores of a
 * message beside its bytes: of the text that is read, of its words, of what threads go by. Version 3 came with 0.3.
 */
const contentVersion = 3;

const stored = z.object({ version: z.number(), belowKey: z.number() });

/** How far a mailbox has the content of {@link contentVersion}: the messages from this key on, or `all`. */
export async function readContentState(rows: MailRows): Promise<number | 'all'> {
  const value = await rows.values.get('state', 'content');
  if (value === undefined) return (await rows.totals()).messagesTotal === 0 ? 'all' : Number.MAX_SAFE_INTEGER;
  const { version, belowKey } = stored.parse(JSON.parse(value));
  if (version !== contentVersion) return Number.MAX_SAFE_INTEGER;
  return belowKey === 0 ? 'all' : belowKey;
}

/** Writes down how far the content is of {@link contentVersion}. */
export async function writeContentState(rows: MailWriter, reached: number | 'all'): Promise<void> {
  const belowKey = reached === 'all' ? 0 : reached;
  await rows.values.put('state', 'content', JSON.stringify({ version: contentVersion, belowKey }));
}

/** To be called with the first message of a mailbox. */
export function beginContent(rows: MailWriter): Promise<void> {
  return writeContentState(rows, 'all');
}
