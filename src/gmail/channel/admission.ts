import { AppError } from '../../core/errors.ts';
import { abortReason, rateLimited, type Deadline } from './deadline.ts';
import { forecast } from './quota.ts';
import type { BudgetRequest, Permit, Refusal, SharedBudget } from './shared-budget.ts';

/** A request that may go out, and what it had to wait for last. */
interface Admitted {
  readonly permit: Permit;
  readonly waitedFor?: Refusal['cause'];
}

/** Lets requests of this process go out in the order in which they came, interactive ones first. */
export interface Admission {
  /**
   * Waits for units and slots. Throws `RATE_LIMITED` with `retryAt` as soon as it is clear that they come too late, and
   * the reason of the signal when that is aborted.
   */
  admit(request: Omit<BudgetRequest, 'sinceMs' | 'urgency'>, deadline: Deadline): Promise<Admitted>;
  /** Ends a permit, and lets the next request go. */
  release(permit: Permit, result: { readonly isUnused: boolean; readonly isAnswered: boolean }): Promise<void>;
  /** Refuses those that still wait. */
  close(): void;
}

interface Waiter {
  readonly request: BudgetRequest;
  readonly deadline: Deadline;
  readonly resolve: (admitted: Admitted) => void;
  waitedFor?: Refusal['cause'];
  readonly reject: (error: Error) => void;
}

/** Other processes have to hear from one that waits; see the life of a ticket. */
const longestSleepMs = 1000;
/** When the slots are the trouble nobody knows how long. */
const busyRetryMs = 1000;

/** The admission of one account in this process: one poller, whoever waits. */
export function createAdmission(account: string, budget: SharedBudget, now: () => number): Admission {
  const queues: Record<BudgetRequest['urgency'], Waiter[]> = { interactive: [], background: [] };
  let timer: NodeJS.Timeout | undefined;
  let isGathering = false;
  let isAdvancing = false;
  /** Whether something has changed since the budget was last asked. */
  let isAskedAgain = false;
  let isKnownToWait = false;
  let isClosed = false;

  const waiting = () => [...queues.interactive, ...queues.background];

  function remove(waiter: Waiter): void {
    const queue = queues[waiter.request.urgency];
    const index = queue.indexOf(waiter);
    if (index >= 0) queue.splice(index, 1);
  }

  /** Lets go whoever may, in order, and sleeps until the next one might. */
  function advance(): void {
    clearTimeout(timer);
    timer = undefined;
    isGathering = false;
    isAskedAgain = true;
    if (!isAdvancing) void letGo();
  }

  async function letGo(): Promise<void> {
    isAdvancing = true;
    for (;;) {
      isAskedAgain = false;
      const [head] = waiting();
      if (head === undefined) {
        await leave();
        if (isAskedAgain) continue;
        isAdvancing = false;
        return;
      }
      let answer: Permit | Refusal;
      try {
        answer = await budget.take(head.request);
      } catch (error) {
        remove(head);
        head.reject(error instanceof Error ? error : new Error(String(error)));
        continue;
      }
      isKnownToWait = !('slotId' in answer);
      if ('slotId' in answer) {
        if (!waiting().includes(head)) {
          // Its caller has gone meanwhile.
          await giveBack(answer, { isUnused: true, isAnswered: false });
          continue;
        }
        remove(head);
        head.resolve({ permit: answer, ...(head.waitedFor === undefined ? {} : { waitedFor: head.waitedFor }) });
        continue;
      }
      for (const waiter of waiting()) waiter.waitedFor = answer.cause;
      refuseHopeless(answer);
      const stillWaiting = waiting();
      if (stillWaiting[0] !== head || isAskedAgain) continue;
      const patienceMs = Math.min(...stillWaiting.map(({ deadline }) => deadline.leftMs()));
      isAdvancing = false;
      wake(Math.max(1, Math.min(answer.waitMs, longestSleepMs, patienceMs)));
      return;
    }
  }

  /** Where nobody waits here any more, the other processes need not wait for that. */
  async function leave(): Promise<void> {
    if (!isKnownToWait) return;
    isKnownToWait = false;
    try {
      await budget.leave();
    } catch {
      // They stop by themselves after three seconds.
    }
  }

  async function giveBack(...[permit, result]: Parameters<SharedBudget['giveBack']>): Promise<void> {
    try {
      await budget.giveBack(permit, result);
    } catch {
      // The slots end by themselves; what Google has answered must not be lost for them.
    }
  }

  function wake(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(advance, ms);
  }

  /** Tells everybody who would wait past the end of their deadline at once. */
  function refuseHopeless({ cause, waitMs, usage, limits, frozenReason }: Refusal): void {
    const all = waiting();
    const nowMs = now();
    const startMs = cause === 'frozen' ? nowMs + waitMs : nowMs;
    const expected = forecast(
      usage,
      all.map(({ request }) => request.units),
      limits,
      startMs,
    );
    for (const [index, waiter] of all.entries()) {
      const expectedMs = startMs - nowMs + (expected[index] ?? 0);
      if (expectedMs < waiter.deadline.leftMs()) continue;
      remove(waiter);
      const retryAtMs = nowMs + Math.max(expectedMs, busyRetryMs);
      const itsCause = cause === 'busy' && expectedMs > 0 ? 'quota' : cause;
      waiter.reject(rateLimited(reasonOf(itsCause, frozenReason), retryAtMs));
    }
  }

  function reasonOf(cause: Refusal['cause'], frozenReason: string | undefined): string {
    switch (cause) {
      case 'frozen':
        return `Google has throttled ${account}: ${frozenReason ?? 'no reason given'}`;
      case 'quota':
        return `The quota of ${account} at Google is used up for now, by all programs of this home together.`;
      case 'busy':
        return `As many requests of ${account} as are allowed at once are under way to Google.`;
    }
  }

  return {
    admit(request, deadline) {
      const { signal, urgency } = deadline;
      return new Promise<Admitted>((resolve, reject) => {
        const onAbort = () => {
          remove(waiter);
          waiter.reject(abortReason(signal));
          advance();
        };
        const settle = () => signal?.removeEventListener('abort', onAbort);
        const waiter: Waiter = {
          request: { ...request, urgency, sinceMs: now() },
          deadline,
          resolve(admitted) {
            settle();
            resolve(admitted);
          },
          reject(error) {
            settle();
            reject(error);
          },
        };
        if (isClosed) return reject(new AppError('UNAVAILABLE', `The connection to ${account} was closed.`));
        if (signal?.aborted === true) return reject(abortReason(signal));
        signal?.addEventListener('abort', onAbort, { once: true });
        queues[urgency].push(waiter);
        // Where others wait, all that come in the same moment are looked at together.
        if (timer === undefined) advance();
        else if (!isGathering) {
          isGathering = true;
          wake(1);
        }
      });
    },
    async release(permit, result) {
      if (isClosed) return;
      await giveBack(permit, result);
      if (timer !== undefined || isAdvancing) advance();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const waiter of waiting()) {
        remove(waiter);
        waiter.reject(new AppError('UNAVAILABLE', `The connection to ${account} was closed.`));
      }
    },
  };
}
