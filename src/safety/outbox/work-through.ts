import { runInContext } from '../../core/context.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { OutboxStore } from '../../store/outbox/outbox-store.ts';

/** How long one entry may take. */
const turnMs = 60_000;
/** Pauses after a turn that failed: they double. */
const firstPauseMs = 5000;
const longestPauseMs = 15 * 60 * 1000;
/** Pauses between two looks at an open outcome: at first, and of the time since the attempt. */
const firstLookMs = 5000;
const lookShare = 0.5;
/** After so long without proof an open outcome is left to a person. */
const lookForMs = 24 * 60 * 60 * 1000;

/** Whether something can be done for an entry that nobody works on. */
function isDue(entry: OutboxEntry, nowMs: number): boolean {
  switch (entry.state) {
    case 'waiting':
      return entry.sendsAtMs <= nowMs || entry.isUnaudited;
    case 'unknown': {
      const { attemptedMs = entry.createdMs } = entry.progress;
      // The entry changes at every look.
      const lookedMs = entry.changedMs - attemptedMs;
      return lookedMs <= lookForMs && nowMs - entry.changedMs >= Math.max(firstLookMs, lookedMs * lookShare);
    }
    case 'drafting':
    case 'sending':
      return true;
    case 'parked':
    case 'failed':
    case 'sent':
    case 'rejected':
    case 'cancelled':
      return entry.isUnaudited;
  }
}

/** Goes through the entries of an outbox that something is due for. */
export interface Round {
  /** Whether an entry is due that has not failed just now. */
  hasDue(): Promise<boolean>;
  /** One round; answers how many entries had a turn. A turn that fails is told to `onError`, and the entry waits longer. */
  run(options: {
    readonly signal: AbortSignal;
    readonly onError: (entry: OutboxEntry, error: unknown) => void;
    readonly turn: (entry: OutboxEntry) => Promise<void>;
  }): Promise<number>;
}

/** Makes the rounds of a process, which remember what failed. */
export function createRound(store: OutboxStore, now: () => number): Round {
  const failed = new Map<string, { readonly pauseMs: number; readonly untilMs: number }>();

  const isDueNow = (entry: OutboxEntry) => (failed.get(entry.id)?.untilMs ?? 0) <= now() && isDue(entry, now());

  return {
    hasDue: async () => (await store.listToDo()).some(isDueNow),
    async run({ signal, onError, turn }) {
      const entries = await store.listToDo();
      for (const id of failed.keys()) if (!entries.some((entry) => entry.id === id)) failed.delete(id);
      let turns = 0;
      for (const entry of entries) {
        if (signal.aborted) break;
        if (!isDueNow(entry)) continue;
        turns += 1;
        const { transport, requestId, tokenName } = entry.actor;
        const context = {
          transport,
          requestId,
          ...(tokenName === undefined ? {} : { tokenName }),
          signal,
          deadlineMs: performance.now() + turnMs,
          urgency: 'background' as const,
        };
        try {
          await runInContext(context, () => turn(entry));
          failed.delete(entry.id);
        } catch (error) {
          const { pauseMs = firstPauseMs / 2 } = failed.get(entry.id) ?? {};
          const nextMs = Math.min(longestPauseMs, pauseMs * 2);
          failed.set(entry.id, { pauseMs: nextMs, untilMs: now() + nextMs });
          onError(entry, error);
        }
      }
      return turns;
    },
  };
}
