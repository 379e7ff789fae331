/** After the first failed start a second is waited, as supervisord does. */
const failedStartBaseMs = 1_000;
/** So many crashes in a row are mended at once; from the next on it is waited, beginning with the base. */
const freeCrashes = 2;
const crashBaseMs = 50;

/** Between three quarters of the wait and the whole: processes that died together do not come back together. */
function jittered(delayMs: number, random: number): number {
  return Math.round(delayMs * (0.75 + 0.25 * random));
}

/** Wait in ms before the start that follows the `failedStarts`-th (from 1) failed one: doubling, capped, jittered. */
export function failedStartDelayMs(failedStarts: number, maximumMs: number, random: number): number {
  return jittered(Math.min(maximumMs, failedStartBaseMs * 2 ** (failedStarts - 1)), random);
}

/** Wait in ms before the start that follows so many crashes: none at first, then doubling, capped, jittered. */
export function crashDelayMs(crashes: number, maximumMs: number, random: number): number {
  const waits = Math.floor(crashes) - freeCrashes;
  return waits < 1 ? 0 : jittered(Math.min(maximumMs, crashBaseMs * 2 ** (waits - 1)), random);
}
