import type { Configuration } from '../../core/configuration.ts';

/** Units that were taken in one tick, a quarter of a second; `tick` counts from 1970. */
export interface Usage {
  readonly tick: number;
  readonly units: number;
}

/** A stretch of time and the units that may be taken in it, wherever it begins. */
interface Window {
  readonly lengthMs: number;
  readonly units: number;
}

/** What may be taken, by every stretch of time that counts. */
export interface QuotaLimits {
  readonly minute: Window;
  /** Spreads what is taken, so that a minute that fills up has no long standstill; holds above `freeUnits` only. */
  readonly burst: Window;
  /** Units of the minute that may be taken as fast as anybody likes. */
  readonly freeUnits: number;
}

export const tickMs = 250;

/** Units a minute that Google gives one user of a project (developers.google.com/workspace/gmail/api/reference/quota). */
const unitsPerMinute = { '2026': 6000, legacy: 15_000 } as const;

/** Google counts a request up to two seconds after we do. */
const minuteMs = 62_000;
const minuteShare = 0.98;
/** An account that was idle answers a few large questions at once; one that is busy goes on evenly. */
const freeShare = 0.33;
const burstMs = 10_000;
const burstShare = 0.185;
/** Work that nobody waits for leaves this part to those who do. */
const backgroundShare = 0.5;

/** How far back usage counts. */
export const usageLifeMs = minuteMs + tickMs;

/** What may be taken of the quota that the configuration names, by requests of an urgency. */
export function quotaLimits(
  { quota, quotaUnitsPerMinute }: Pick<Configuration, 'quota' | 'quotaUnitsPerMinute'>,
  urgency: 'interactive' | 'background',
): QuotaLimits {
  const share = urgency === 'background' ? backgroundShare : 1;
  const whole = (quotaUnitsPerMinute ?? unitsPerMinute[quota]) * share;
  return {
    minute: { lengthMs: minuteMs, units: Math.floor(whole * minuteShare) },
    burst: { lengthMs: burstMs, units: Math.floor(whole * burstShare) },
    freeUnits: Math.floor(whole * freeShare),
  };
}

/**
 * How long from now until `units` more may be taken; 0 for now. A request that is larger than a window by itself passes
 * when nothing else is in it. `usage` is in the order of time.
 */
export function waitForUnits(usage: readonly Usage[], units: number, limits: QuotaLimits, nowMs: number): number {
  const { minute, burst, freeUnits } = limits;
  const taken = insideOf(usage, minute, nowMs).reduce((sum, entry) => sum + entry.units, 0);
  if (taken + units <= freeUnits) return 0;
  return Math.max(waitForWindow(usage, units, minute, nowMs), waitForWindow(usage, units, burst, nowMs));
}

/** Units of the minute that were taken. */
export function unitsUsed(usage: readonly Usage[], { minute }: QuotaLimits, nowMs: number): number {
  return insideOf(usage, minute, nowMs).reduce((sum, entry) => sum + entry.units, 0);
}

function leavesMs({ tick }: Usage, window: Window): number {
  return (tick + 1) * tickMs + window.lengthMs;
}

function insideOf(usage: readonly Usage[], window: Window, nowMs: number): readonly Usage[] {
  return usage.filter((entry) => leavesMs(entry, window) > nowMs);
}

function waitForWindow(usage: readonly Usage[], units: number, window: Window, nowMs: number): number {
  const inside = insideOf(usage, window, nowMs);
  let taken = inside.reduce((sum, entry) => sum + entry.units, 0);
  let waitMs = 0;
  for (const entry of inside) {
    if (taken === 0 || taken + units <= window.units) break;
    taken -= entry.units;
    waitMs = leavesMs(entry, window) - nowMs;
  }
  return waitMs;
}

/**
 * How long each of several requests would wait if they came one after the other and nobody else took any: what the last
 * in a queue has to expect.
 */
export function forecast(
  usage: readonly Usage[],
  costs: readonly number[],
  limits: QuotaLimits,
  nowMs: number,
): readonly number[] {
  const expected = [...usage];
  let atMs = nowMs;
  return costs.map((units) => {
    atMs += waitForUnits(expected, units, limits, atMs);
    expected.push({ tick: Math.floor(atMs / tickMs), units });
    return atMs - nowMs;
  });
}
