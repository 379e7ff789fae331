import { join } from 'node:path';
import type { Random } from '../../core/back-off.ts';
import { processOwner } from '../../core/process-owner.ts';
import type { LiveState } from '../../store/live/live-state.ts';
import { openSqliteLiveState } from '../../store/sqlite/live/open-live-state.ts';

/** What all processes of a home agree on: access tokens, leases, quota, slots, freezes. */
export interface SharedState extends LiveState {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Chance, for pauses and moments at which not all processes do the same. */
  readonly random: Random;
}

/** Opens `data/gmail/state.db`, which all processes of a home share. Throws `UNAVAILABLE`. */
export function openSharedState(
  dataFolder: string,
  { now = Date.now, random = Math.random }: { readonly now?: () => number; readonly random?: Random } = {},
): SharedState {
  return { ...openSqliteLiveState(join(dataFolder, 'gmail', 'state.db'), processOwner(), now), now, random };
}
