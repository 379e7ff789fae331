import { unitsOf } from '../../mail/gmail-methods.ts';
import type { GoogleError } from '../http/api-call.ts';
import { overQuota, resourceExhausted, retryAfter, tooManyConcurrent } from '../http/server-errors.ts';
import type { EmulatorSettings } from './settings.ts';

const windowMs = 60_000;

interface Usage {
  /** What was spent in the last minute, oldest first. */
  readonly spent: { readonly atMs: number; readonly units: number }[];
  units: number;
  calls: number;
  batchParts: number;
}

/** A batch while its parts are let in. */
export interface Batch {
  /** How many have been. */
  parts: number;
}

/** What the emulator charges its users. */
export interface Quota {
  /**
   * Charges a call and takes a place among those in flight. Answers the function that gives the place back, or the error
   * that refuses the call, which then costs nothing.
   */
  enter(emailAddress: string, methodId: string, batch?: Batch): (() => void) | GoogleError;
}

/** What the quota tells those who count. */
export interface QuotaObserver {
  charged(units: number, unitsInWindow: number): void;
  inFlight(count: number): void;
}

/** Units in a sliding window and places in flight, for each user on his own. */
export function createQuota(settings: () => EmulatorSettings, nowMs: () => number, observer: QuotaObserver): Quota {
  const usages = new Map<string, Usage>();

  function usageOf(emailAddress: string): Usage {
    const known = usages.get(emailAddress);
    if (known !== undefined) return known;
    const fresh: Usage = { spent: [], units: 0, calls: 0, batchParts: 0 };
    usages.set(emailAddress, fresh);
    return fresh;
  }

  return {
    enter(emailAddress, methodId, batch) {
      const { unitsTable, unitsPerMinute, quotaRefusal } = settings();
      const usage = usageOf(emailAddress);
      const atMs = nowMs();
      if (isCrowded(usage, batch, settings())) return tooManyConcurrent();
      forget(usage, atMs);
      const units = unitsOf(methodId, unitsTable);
      if (usage.units + units > unitsPerMinute) {
        switch (quotaRefusal) {
          case 'rateLimitExceeded':
            return overQuota(unitsPerMinute);
          case 'resourceExhausted':
            return resourceExhausted();
          case 'retryAfter':
            return retryAfter(freeAtMs(usage, unitsPerMinute - units) ?? atMs + windowMs);
        }
      }
      usage.spent.push({ atMs, units });
      usage.units += units;
      observer.charged(units, usage.units);
      if (batch !== undefined) batch.parts += 1;
      const kind = batch === undefined ? 'calls' : 'batchParts';
      usage[kind] += 1;
      observer.inFlight(usage.calls + usage.batchParts);
      return () => {
        usage[kind] -= 1;
      };
    },
  };
}

function isCrowded(
  { calls, batchParts }: Usage,
  batch: Batch | undefined,
  { concurrentCalls, partsOfOneBatch, concurrentBatchParts }: EmulatorSettings,
): boolean {
  if (batch === undefined) return calls >= concurrentCalls;
  return batch.parts >= partsOfOneBatch || batchParts >= concurrentBatchParts;
}

function forget(usage: Usage, nowMs: number): void {
  const first = usage.spent.findIndex(({ atMs }) => atMs > nowMs - windowMs);
  for (const { units } of usage.spent.splice(0, first === -1 ? usage.spent.length : first)) usage.units -= units;
}

/** When no more than `units` will be left in the window, if nothing else is spent. */
function freeAtMs(usage: Usage, units: number): number | undefined {
  let left = usage.units;
  for (const entry of usage.spent) {
    left -= entry.units;
    if (left <= units) return entry.atMs + windowMs;
  }
  return undefined;
}
