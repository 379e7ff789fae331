import type { Random } from '../../src/core/back-off.ts';
import { shareState, type SharedState } from '../../src/gmail/channel/shared-state.ts';
import { sqliteLive } from '../../src/store/live/home-live.ts';

/** Opens `data/gmail/state.db` of a data folder as one process does; time and chance may be a test's. */
export function openSharedState(
  dataFolder: string,
  { now = Date.now, random }: { readonly now?: () => number; readonly random?: Random } = {},
): SharedState {
  return shareState(sqliteLive(dataFolder, now), random);
}
