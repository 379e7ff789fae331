import { fullJitterMs } from '../../core/back-off.ts';
import type { Configuration } from '../../core/configuration.ts';
import { isOwnerGone } from '../../core/process-owner.ts';
import type { Freeze } from '../../store/live/budget-rows.ts';
import type { LiveRows } from '../../store/live/live-state.ts';
import { quotaLimits, tickMs, unitsUsed, usageLifeMs, waitForUnits, type QuotaLimits, type Usage } from './quota.ts';
import type { SharedState } from './shared-state.ts';

/** What a request wants before it may go out. */
export interface BudgetRequest {
  readonly units: number;
  /** Requests that Google carries out at once for it: one, or the parts of a batch. */
  readonly slots: number;
  readonly urgency: 'interactive' | 'background';
  /** Since when it waits, milliseconds since 1970: of all processes the one that waits longest is next. */
  readonly sinceMs: number;
  /** After this its slots are free again, whatever became of it. */
  readonly timeoutMs: number;
}

/** Units and slots that a request has. */
export interface Permit {
  readonly slotId: number;
  readonly units: number;
  readonly takenMs: number;
  /** Units of the minute that are left for requests of this urgency. */
  readonly unitsLeft: number;
  /** Whether the last request that was answered before it was throttled. */
  readonly isAfterThrottle: boolean;
}

/** Why a request has to wait, and how long at least. */
export interface Refusal {
  readonly waitMs: number;
  readonly cause: 'frozen' | 'quota' | 'busy';
  /** What there is of usage and limits, for a forecast. */
  readonly usage: readonly Usage[];
  readonly limits: QuotaLimits;
  /** What Google said when it froze the account. */
  readonly frozenReason?: string;
}

/** What all processes together may do with one account. Each method is one short transaction. */
export interface SharedBudget {
  take(request: BudgetRequest): Promise<Permit | Refusal>;
  /** Ends a permit. `isUnused` gives back the units too; `isAnswered` ends a row of throttles. */
  giveBack(permit: Permit, result: { readonly isUnused: boolean; readonly isAnswered: boolean }): Promise<void>;
  /** Gives up this process's place among those that wait. */
  leave(): Promise<void>;
  /**
   * Nobody asks Google before `untilMs`; without it, before a pause that grows with every throttle in a row. Returns when
   * that ends.
   */
  freeze(throttle: {
    readonly permit: Pick<Permit, 'takenMs'>;
    readonly reason: string;
    readonly untilMs?: number;
  }): Promise<number>;
  /** Nobody asks Google for these methods before `untilMs`; everything else goes on. */
  freezeMethods(
    methodIds: readonly string[],
    throttle: { readonly reason: string; readonly untilMs: number },
  ): Promise<void>;
  /** How long one of these methods is frozen by itself, or undefined. */
  frozenMethod(methodIds: readonly string[]): Promise<{ readonly waitMs: number; readonly reason: string } | undefined>;
}

/** How often somebody who waits looks for a free slot, or for whether it is its turn. */
const lookAgainMs = 15;
/** A process that waits says so at least once a second; one that has not for this long is no longer waited for. */
const ticketLifeMs = 3000;
/** Beyond the request's own time, for what comes before and after it. */
const slotGraceMs = 5000;
/** No freeze lasts longer than a day of 25 hours; one that would was made before the clock was set back. */
const longestFreezeMs = 25 * 3_600_000;
/** A request that took longer may have been counted by Google long after it was booked. */
const longRequestMs = 1000;
/** The least pause after a throttle, and the bounds of the random part. */
const leastPauseMs = 250;
const firstPauseMs = 1000;
const longestPauseMs = 64_000;

/** What no longer counts is forgotten when the oldest of it is older by this. */
const forgottenTicks = 10_000 / tickMs;

/** What a request finds when it wants to go out. */
interface Found {
  readonly usage: readonly Usage[];
  readonly freeze: Freeze | undefined;
  /** How many it wants. */
  readonly slots: number;
  readonly nowMs: number;
}

/** Interactive before background, then by the time of waiting. */
function rankOf(urgency: BudgetRequest['urgency']): number {
  return urgency === 'interactive' ? 0 : 1;
}

function tickAt(timeMs: number): number {
  return Math.floor(timeMs / tickMs);
}

/** How long a freeze still lasts, or undefined where there is none. */
function frozenAt(
  freeze: Freeze | undefined,
  nowMs: number,
): { readonly waitMs: number; readonly reason: string } | undefined {
  const waitMs = freeze === undefined ? 0 : freeze.untilMs - nowMs;
  if (freeze === undefined || waitMs <= 0 || waitMs > longestFreezeMs) return undefined;
  return { waitMs, reason: freeze.reason };
}

/** What an account has taken of the units that a minute has for everybody, in all processes. */
export async function quotaUse(
  account: string,
  { usage, now }: Pick<SharedState, 'usage' | 'now'>,
  configuration: Pick<Configuration, 'quota' | 'quotaUnitsPerMinute'>,
): Promise<{ readonly used: number; readonly units: number }> {
  const limits = quotaLimits(configuration, 'interactive');
  return { used: unitsUsed(await usage.list(account), limits, now()), units: limits.minute.units };
}

/** Opens the budget of an account in the state that all processes share. */
export function openSharedBudget(
  account: string,
  state: SharedState,
  configuration: Pick<Configuration, 'quota' | 'quotaUnitsPerMinute' | 'concurrency'>,
): SharedBudget {
  const { now } = state;
  const limitsOf = {
    interactive: quotaLimits(configuration, 'interactive'),
    background: quotaLimits(configuration, 'background'),
  };

  async function usageAt({ usage }: LiveRows, nowMs: number): Promise<readonly Usage[]> {
    const [oldest, newest] = [tickAt(nowMs - usageLifeMs), tickAt(nowMs) + 4];
    const all = await usage.list(account);
    const counted = all.filter(({ tick }) => tick >= oldest && tick <= newest);
    // What lies in the future was booked before the clock was set back. What no longer counts goes many ticks at once.
    const [first = oldest, last = newest] = [all[0]?.tick, all.at(-1)?.tick];
    if (first < oldest - forgottenTicks || last > newest) await usage.keepOnly(account, oldest, newest);
    return counted;
  }

  async function hasSlots({ slots }: LiveRows, wanted: number, nowMs: number): Promise<boolean> {
    if ((await slots.count(account)) + wanted <= configuration.concurrency) return true;
    await slots.freeEnded(account, nowMs);
    for (const owner of await slots.owners(account)) {
      if (isOwnerGone(owner)) await slots.freeOf(account, owner);
    }
    return (await slots.count(account)) + wanted <= configuration.concurrency;
  }

  /** What a request finds, and whether this process is among those that wait where it may go out. */
  async function refusalOf(
    rows: LiveRows,
    request: BudgetRequest,
    { usage, freeze, slots, nowMs }: Found,
  ): Promise<Refusal | { readonly isWaiting: boolean }> {
    const limits = limitsOf[request.urgency];
    const frozen = frozenAt(freeze, nowMs);
    if (frozen !== undefined) {
      return { cause: 'frozen', waitMs: frozen.waitMs, frozenReason: frozen.reason, usage, limits };
    }
    const waitMs = waitForUnits(usage, request.units, limits, nowMs);
    if (waitMs > 0) return { cause: 'quota', waitMs, usage, limits };
    const place = { urgency: rankOf(request.urgency), sinceMs: request.sinceMs };
    if (await hasSlots(rows, slots, nowMs)) {
      const end = { afterMs: nowMs, latestMs: nowMs + ticketLifeMs };
      const { hasEarlier, isWaiting } = await rows.tickets.look(account, place, end);
      if (!hasEarlier) return { isWaiting };
    }
    return { cause: 'busy', waitMs: lookAgainMs, usage, limits };
  }

  return {
    leave: () => state.tickets.remove(account),
    take: (request) =>
      state.write(account, async (rows) => {
        const nowMs = now();
        const slots = Math.min(request.slots, configuration.concurrency);
        const usage = await usageAt(rows, nowMs);
        const freeze = await rows.freezes.find(account);
        const found = await refusalOf(rows, request, { usage, freeze, slots, nowMs });
        if ('cause' in found) {
          const { urgency, sinceMs } = request;
          await rows.tickets.removeEnded(account, nowMs);
          await rows.tickets.put(account, { urgency: rankOf(urgency), sinceMs, untilMs: nowMs + ticketLifeMs });
          return found;
        }
        if (found.isWaiting) await rows.tickets.remove(account);
        const limits = limitsOf[request.urgency];
        await rows.usage.book(account, tickAt(nowMs), request.units);
        return {
          slotId: await rows.slots.take(account, slots, nowMs + request.timeoutMs + slotGraceMs),
          units: request.units,
          takenMs: nowMs,
          unitsLeft: limits.minute.units - unitsUsed(usage, limits, nowMs) - request.units,
          isAfterThrottle: (freeze?.consecutive ?? 0) > 0,
        };
      }),
    async giveBack({ slotId, units, takenMs, isAfterThrottle }, { isUnused, isAnswered }) {
      const nowMs = now();
      const isLong = nowMs - takenMs > longRequestMs;
      const endsRow = isAnswered && isAfterThrottle;
      // Nearly always: one statement.
      if (!isUnused && !isLong && !endsRow) return state.slots.free(slotId);
      await state.write(account, async ({ slots, usage, freezes }) => {
        await slots.free(slotId);
        if (isUnused || isLong) await usage.unbook(account, tickAt(takenMs), units);
        if (!isUnused && isLong) await usage.book(account, tickAt(nowMs), units);
        if (endsRow) await freezes.endRow(account, takenMs);
      });
    },
    freezeMethods: (methodIds, { reason, untilMs }) =>
      state.write(account, async ({ freezes }) => {
        for (const methodId of new Set(methodIds)) {
          await freezes.put(account, { setMs: now(), untilMs: Math.ceil(untilMs), consecutive: 0, reason }, methodId);
        }
      }),
    async frozenMethod(methodIds) {
      for (const id of new Set(methodIds)) {
        const frozen = frozenAt(await state.freezes.find(account, id), now());
        if (frozen !== undefined) return frozen;
      }
      return undefined;
    },
    freeze: ({ permit, reason, untilMs }) =>
      state.write(account, async ({ freezes }) => {
        const nowMs = now();
        const last = await freezes.find(account);
        const before = last === undefined || frozenAt(last, nowMs) === undefined ? 0 : last.untilMs;
        // Requests that were under way together are throttled together: that is one throttle, not eight.
        const isSame = last !== undefined && permit.takenMs <= last.setMs && before > 0;
        if (isSame && untilMs === undefined) return before;
        const consecutive = (last?.consecutive ?? 0) + (isSame ? 0 : 1);
        const pauseMs = leastPauseMs + fullJitterMs(consecutive, firstPauseMs, longestPauseMs, state.random);
        const until = Math.ceil(Math.max(before, untilMs ?? nowMs + pauseMs));
        await freezes.put(account, { setMs: nowMs, untilMs: until, consecutive, reason });
        return until;
      }),
  };
}
