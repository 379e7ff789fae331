/** A number from 0 to 1, without 1, as `Math.random` gives. */
export type Random = () => number;

/** The pause that a row of failures has come to: `firstMs` after the first, then doubled, at most `mostMs`. */
function doubled(failures: number, firstMs: number, mostMs: number): number {
  return Math.min(mostMs, firstMs * 2 ** (failures - 1));
}

/** Full jitter (Amazon's "Exponential Backoff And Jitter"): anything up to a bound that doubles with every failure. */
export function fullJitterMs(failures: number, firstMs: number, mostMs: number, random: Random): number {
  return random() * doubled(failures, firstMs, mostMs);
}

/** Equal jitter: between half of the bound and the bound, so that there always is a pause. */
export function equalJitterMs(failures: number, firstMs: number, mostMs: number, random: Random): number {
  return doubled(failures, firstMs, mostMs) * (0.5 + random() / 2);
}
