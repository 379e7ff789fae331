import type { Random } from '../../core/back-off.ts';
import type { LiveState } from '../../store/live/live-state.ts';
import type { HomeLive } from '../../store/live/home-live.ts';

/** What all processes of a home agree on: access tokens, leases, quota, slots, freezes. */
export interface SharedState extends LiveState {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Chance, for pauses and moments at which not all processes do the same. */
  readonly random: Random;
}

/** Opens what the processes of a home share, on whichever hosts they are. Throws `UNAVAILABLE`. */
export function shareState(live: Pick<HomeLive, 'state' | 'now'>, random: Random = Math.random): SharedState {
  return { ...live.state(), now: live.now, random };
}
