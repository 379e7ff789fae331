import * as z from 'zod';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';
import { verifiedMarkName } from '../../store/mail/mirror-stores.ts';

const stateSchema = z.object({
  /** `filling`: messages are still missing; `full`: no more may be stored. */
  phase: z.enum(['filling', 'complete', 'full']),
  /** Everything up to here is in the mirror, of those messages that are. */
  historyId: z.string(),
  /** Grows whenever a change of ours begins or ends: what was read of the history before may come too late. */
  writes: z.number(),
  /** Changes of ours that have begun and not ended, by what `writes` was then: when they began. */
  open: z.record(z.string(), z.number()).default({}),
  /** Grows whenever a change of ours was shown before the history told of it. */
  shown: z.number().default(0),
  /** The page of Gmail's list that is being filled in; undefined: the newest. */
  pageToken: z.string().optional(),
  /** How many messages there were to fetch, as Gmail said when it began. */
  total: z.number(),
  /** When this filling began and how many messages were there then; when it was over. */
  startedMs: z.number(),
  startedWith: z.number(),
  filledMs: z.number().optional(),
});

/** How far a mirror has come. */
export type MirrorState = z.output<typeof stateSchema>;

const name = 'mirror';
const deletedName = 'mirror deleted';
/** Ids of deleted messages that are remembered: answers that were asked for before must not bring them back. */
const mostDeleted = 2000;

/** The state of a mirror, or undefined where none was begun. */
export async function readMirrorState(rows: MailRows): Promise<MirrorState | undefined> {
  const value = await rows.values.get('mark', name);
  return value === undefined ? undefined : stateSchema.parse(JSON.parse(value));
}

/** Stores the state of a mirror. */
export async function writeMirrorState(rows: MailWriter, state: MirrorState): Promise<void> {
  await rows.values.put('mark', name, JSON.stringify(state));
}

/** The state from which the list is gone through from its start. */
export function atStart(state: MirrorState): MirrorState {
  const { pageToken: _, ...rest } = state;
  return rest;
}

/** When a mirror was last found to be what the mailbox is. */
export interface Verified {
  /** Milliseconds since 1970; 0 for never. */
  readonly verifiedMs: number;
  /** Whether it is to be looked at again whatever the time: a change of ours came in between. */
  readonly isDue: boolean;
}

const dueMark = ' due';

/** When the mirror was last found to be what the mailbox is. */
export async function readVerified(rows: MailRows): Promise<Verified> {
  const value = (await rows.values.get('mark', verifiedMarkName)) ?? '0';
  return { verifiedMs: Number.parseInt(value, 10), isDue: value.endsWith(dueMark) };
}

/** Notes when the mirror was found to be what the mailbox is. */
export async function writeVerified(rows: MailWriter, verifiedMs: number): Promise<void> {
  await rows.values.put('mark', verifiedMarkName, String(verifiedMs));
}

/** Notes that the mirror is to be looked at again. */
export async function makeVerifiedDue(rows: MailWriter): Promise<void> {
  const { verifiedMs } = await readVerified(rows);
  await rows.values.put('mark', verifiedMarkName, `${verifiedMs}${dueMark}`);
}

/** Ids of messages that were deleted lately. */
export async function readDeletedIds(rows: MailRows): Promise<ReadonlySet<string>> {
  const value = await rows.values.get('mark', deletedName);
  return new Set(value === undefined || value === '' ? [] : value.split(' '));
}

/** Notes ids of messages that are gone for good. */
export async function noteDeletedIds(rows: MailWriter, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const all = [...(await readDeletedIds(rows)), ...ids];
  await rows.values.put('mark', deletedName, all.slice(-mostDeleted).join(' '));
}
