import type * as z from 'zod';
import type { auditEntry } from '../../operations/admin/audit-view.ts';
import type { Html } from '../html/html.ts';
import { state, type Tone } from '../html/parts.ts';

type Entry = z.output<typeof auditEntry>;

/** A change: its beginning, and its end where that is known. */
export interface Change {
  readonly begun: Entry;
  readonly end: Entry | undefined;
}

/** Beginnings with their ends, newest first. */
export function changesOf(entries: readonly Entry[]): readonly Change[] {
  const ends = new Map(entries.flatMap((entry) => (entry.of === undefined ? [] : [[entry.of, entry] as const])));
  return entries.filter(({ event }) => event === 'begun').map((begun) => ({ begun, end: ends.get(begun.sequence) }));
}

const outcomes: Readonly<Record<Entry['event'], readonly [Tone, string]>> = {
  begun: ['busy', 'under way, or cut off'],
  done: ['good', 'done'],
  failed: ['bad', 'failed'],
  unknown: ['bad', 'unknown'],
};

/** How a change ended, in a word. */
export function outcomeOf(end: Entry | undefined): Html {
  return state(...outcomes[end?.event ?? 'begun']);
}

/** Who made a change, and over what. */
export function whoOf({
  tokenName,
  transport,
}: Pick<Entry, 'transport'> & { readonly tokenName?: string | undefined }): string {
  if (tokenName !== undefined) return `${tokenName} over ${transport}`;
  return transport === 'dashboard' ? 'you, on this page' : transport === 'cli' ? 'the command line' : transport;
}
