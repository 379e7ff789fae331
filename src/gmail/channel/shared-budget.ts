import { fullJitterMs } from '../../core/back-off.ts';
import type { Configuration } from '../../core/configuration.ts';
import { integerOf, textOf } from '../../store/columns.ts';
import { isOwnerGone } from '../../core/process-owner.ts';
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
  take(request: BudgetRequest): Permit | Refusal;
  /** Ends a permit. `isUnused` gives back the units too; `isAnswered` ends a row of throttles. */
  giveBack(permit: Permit, result: { readonly isUnused: boolean; readonly isAnswered: boolean }): void;
  /** Gives up this process's place among those that wait. */
  leave(): void;
  /**
   * Nobody asks Google before `untilMs`; without it, before a pause that grows with every throttle in a row. Answers when
   * that ends.
   */
  freeze(throttle: {
    readonly permit: Pick<Permit, 'takenMs'>;
    readonly reason: string;
    readonly untilMs?: number;
  }): number;
  /** Nobody asks Google for these methods before `untilMs`; everything else goes on. */
  freezeMethods(methodIds: readonly string[], throttle: { readonly reason: string; readonly untilMs: number }): void;
  /** How long one of these methods is frozen by itself, or undefined. */
  frozenMethod(methodIds: readonly string[]): { readonly waitMs: number; readonly reason: string } | undefined;
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

/** Interactive before background, then by the time of waiting. */
function rankOf(urgency: BudgetRequest['urgency']): number {
  return urgency === 'interactive' ? 0 : 1;
}

function usageOf(database: SharedState['database'], account: string): readonly Usage[] {
  return database
    .all('SELECT tick, units FROM usage WHERE account = ? ORDER BY tick', account)
    .map((row) => ({ tick: integerOf(row, 'tick'), units: integerOf(row, 'units') }));
}

/** What an account has taken of the units that a minute has for everybody, in all processes. */
export function quotaUse(
  account: string,
  { database, now }: Pick<SharedState, 'database' | 'now'>,
  configuration: Pick<Configuration, 'quota' | 'quotaUnitsPerMinute'>,
): { readonly used: number; readonly units: number } {
  const limits = quotaLimits(configuration, 'interactive');
  const usage = usageOf(database, account);
  return { used: unitsUsed(usage, limits, now()), units: limits.minute.units };
}

/** Opens the budget of an account in the state that all processes share. */
export function openSharedBudget(
  account: string,
  state: SharedState,
  configuration: Pick<Configuration, 'quota' | 'quotaUnitsPerMinute' | 'concurrency'>,
): SharedBudget {
  const { database, owner, now } = state;
  const limitsOf = {
    interactive: quotaLimits(configuration, 'interactive'),
    background: quotaLimits(configuration, 'background'),
  };

  function usageAt(nowMs: number): readonly Usage[] {
    const [oldest, newest] = [Math.floor((nowMs - usageLifeMs) / tickMs), Math.floor(nowMs / tickMs)];
    // What lies in the future was booked before the clock was set back.
    database.run('DELETE FROM usage WHERE account = ? AND (tick < ? OR tick > ?)', account, oldest, newest + 4);
    return usageOf(database, account);
  }

  function book(units: number, atMs: number): void {
    database.run(
      'INSERT INTO usage VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET units = units + ?3',
      account,
      Math.floor(atMs / tickMs),
      units,
    );
  }

  function unbook(units: number, atMs: number): void {
    const tick = Math.floor(atMs / tickMs);
    database.run('UPDATE usage SET units = units - ? WHERE account = ? AND tick = ?', units, account, tick);
  }

  function slotsTaken(): number {
    const row = database.get('SELECT coalesce(sum(count), 0) AS count FROM slot WHERE account = ?', account);
    return row === undefined ? 0 : integerOf(row, 'count');
  }

  function hasSlots(slots: number, nowMs: number): boolean {
    if (slotsTaken() + slots <= configuration.concurrency) return true;
    database.run('DELETE FROM slot WHERE until_ms <= ?', nowMs);
    for (const row of database.all('SELECT DISTINCT owner FROM slot WHERE account = ?', account)) {
      const other = textOf(row, 'owner');
      if (isOwnerGone(other)) database.run('DELETE FROM slot WHERE owner = ?', other);
    }
    return slotsTaken() + slots <= configuration.concurrency;
  }

  function isTurnOf({ urgency, sinceMs }: BudgetRequest, nowMs: number): boolean {
    const first = database.get(
      `SELECT owner FROM ticket WHERE account = ? AND owner <> ? AND until_ms > ? AND until_ms <= ?
         AND (urgency, since_ms, owner) < (?, ?, ?)`,
      account,
      owner,
      nowMs,
      nowMs + ticketLifeMs,
      rankOf(urgency),
      sinceMs,
      owner,
    );
    return first === undefined;
  }

  /** Methods that are frozen by themselves have rows of their own; an address holds no space. */
  const nameOf = (methodId: string): string => `${account} ${methodId}`;

  function frozenAt(nowMs: number, name = account): { readonly waitMs: number; readonly reason: string } | undefined {
    const row = database.get('SELECT until_ms, reason FROM freeze WHERE account = ?', name);
    const waitMs = row === undefined ? 0 : integerOf(row, 'until_ms') - nowMs;
    if (row === undefined || waitMs <= 0 || waitMs > longestFreezeMs) return undefined;
    return { waitMs, reason: textOf(row, 'reason') };
  }

  function refusalOf(
    request: BudgetRequest,
    usage: readonly Usage[],
    slots: number,
    nowMs: number,
  ): Refusal | undefined {
    const limits = limitsOf[request.urgency];
    const frozen = frozenAt(nowMs);
    if (frozen !== undefined) {
      return { cause: 'frozen', waitMs: frozen.waitMs, frozenReason: frozen.reason, usage, limits };
    }
    const waitMs = waitForUnits(usage, request.units, limits, nowMs);
    if (waitMs > 0) return { cause: 'quota', waitMs, usage, limits };
    if (hasSlots(slots, nowMs) && isTurnOf(request, nowMs)) return undefined;
    return { cause: 'busy', waitMs: lookAgainMs, usage, limits };
  }

  const leave = () => void database.run('DELETE FROM ticket WHERE account = ? AND owner = ?', account, owner);

  return {
    leave,
    take: (request) =>
      database.write(() => {
        const nowMs = now();
        const slots = Math.min(request.slots, configuration.concurrency);
        const usage = usageAt(nowMs);
        const refusal = refusalOf(request, usage, slots, nowMs);
        if (refusal !== undefined) {
          database.run('DELETE FROM ticket WHERE until_ms <= ?', nowMs);
          database.run(
            'INSERT OR REPLACE INTO ticket VALUES (?, ?, ?, ?, ?)',
            account,
            owner,
            rankOf(request.urgency),
            request.sinceMs,
            nowMs + ticketLifeMs,
          );
          return refusal;
        }
        leave();
        const limits = limitsOf[request.urgency];
        book(request.units, nowMs);
        const slot = database.get(
          'INSERT INTO slot (account, owner, count, until_ms) VALUES (?, ?, ?, ?) RETURNING id',
          account,
          owner,
          slots,
          nowMs + request.timeoutMs + slotGraceMs,
        );
        return {
          slotId: slot === undefined ? 0 : integerOf(slot, 'id'),
          units: request.units,
          takenMs: nowMs,
          unitsLeft: limits.minute.units - unitsUsed(usage, limits, nowMs) - request.units,
        };
      }),
    giveBack({ slotId, units, takenMs }, { isUnused, isAnswered }) {
      database.write(() => {
        const nowMs = now();
        database.run('DELETE FROM slot WHERE id = ? AND owner = ?', slotId, owner);
        const isLong = nowMs - takenMs > longRequestMs;
        if (isUnused || isLong) unbook(units, takenMs);
        if (!isUnused && isLong) book(units, nowMs);
        if (isAnswered) {
          database.run(
            'UPDATE freeze SET consecutive = 0 WHERE account = ? AND consecutive > 0 AND set_ms < ?',
            account,
            takenMs,
          );
        }
      });
    },
    freezeMethods: (methodIds, { reason, untilMs }) =>
      database.write(() => {
        for (const methodId of new Set(methodIds)) {
          database.run(
            'INSERT OR REPLACE INTO freeze VALUES (?, ?, ?, 0, ?)',
            nameOf(methodId),
            now(),
            Math.ceil(untilMs),
            reason,
          );
        }
      }),
    frozenMethod(methodIds) {
      const nowMs = now();
      const frozen = Array.from(new Set(methodIds), (methodId) => frozenAt(nowMs, nameOf(methodId)));
      return frozen.find((each) => each !== undefined);
    },
    freeze: ({ permit, reason, untilMs }) =>
      database.write(() => {
        const nowMs = now();
        const row = database.get('SELECT set_ms, until_ms, consecutive FROM freeze WHERE account = ?', account);
        const before = frozenAt(nowMs) === undefined || row === undefined ? 0 : integerOf(row, 'until_ms');
        // Requests that were under way together are throttled together: that is one throttle, not eight.
        const isSame = row !== undefined && permit.takenMs <= integerOf(row, 'set_ms') && before > 0;
        if (isSame && untilMs === undefined) return before;
        const consecutive = (row === undefined ? 0 : integerOf(row, 'consecutive')) + (isSame ? 0 : 1);
        const pauseMs = leastPauseMs + fullJitterMs(consecutive, firstPauseMs, longestPauseMs, state.random);
        const until = Math.ceil(Math.max(before, untilMs ?? nowMs + pauseMs));
        database.run(
          'INSERT OR REPLACE INTO freeze VALUES (?, ?, ?, ?, ?)',
          account,
          nowMs,
          until,
          consecutive,
          reason,
        );
        return until;
      }),
  };
}
