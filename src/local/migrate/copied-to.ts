import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';

/** What a user makes of a mailbox beside its mail. */
export const settingKinds = ['setting', 'sendAs', 'forwarding', 'delegate', 'filter'] as const;

const name = 'copied';
const copied = z.object({ historyId: z.number(), settings: z.string() });
/** A mailbox at one moment, as far as it tells whether somebody changed it since. */
type Moment = z.infer<typeof copied>;

/** Notes in a copy that all of it came from its source; in every transaction that brings something. */
export async function noteCopied(rows: MailWriter): Promise<void> {
  await rows.values.put('state', name, JSON.stringify(await momentOf(rows)));
}

/** Whether a mailbox is a copy of another one that nobody changed since it was made. */
export function isUnchangedCopy(store: MailStore): Promise<boolean> {
  return store.read(async (rows) => isSame(await momentOf(rows), await noted(rows)));
}

/**
 * Whether a copy may be overwritten by its source: it is empty, or nobody changed it since it was made, or since its source
 * was made of it.
 */
export async function isReplaceable(source: MailStore, copy: MailStore): Promise<boolean> {
  const made = await source.read(noted);
  return copy.read(async (rows) => {
    const now = await momentOf(rows);
    return isSame(now, await noted(rows)) || isSame(now, made) || (await isEmpty(rows));
  });
}

const isSame = (one: Moment, other: Moment | undefined): boolean =>
  one.historyId === other?.historyId && one.settings === other.settings;

async function noted(rows: MailRows): Promise<Moment | undefined> {
  const value = await rows.values.get('state', name);
  return value === undefined ? undefined : copied.parse(JSON.parse(value));
}

/** Changes of messages take history ids; those of labels and settings do not. */
async function momentOf(rows: MailRows): Promise<Moment> {
  // Engines may name the fields in another order.
  const labels = (await rows.labels.list()).map((label) =>
    Object.entries(label).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const settings: unknown[] = [labels];
  for (const kind of settingKinds) settings.push(await rows.values.list(kind));
  const { historyId } = await rows.totals();
  return { historyId, settings: createHash('sha256').update(JSON.stringify(settings)).digest('hex') };
}

async function isEmpty(rows: MailRows): Promise<boolean> {
  if ((await rows.totals()).messagesTotal > 0) return false;
  for (const kind of settingKinds) if ((await rows.values.list(kind)).length > 0) return false;
  return (await rows.labels.list()).every(({ type }) => type === 'system');
}
