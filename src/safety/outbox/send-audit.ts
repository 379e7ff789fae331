import type { AuditLog, ChangeEnd } from '../audit/audit-log.ts';
import type { Actor } from '../sending.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import type { HeldEntry, Hold, OutboxStore } from './outbox-store.ts';
import { outcomeUnknown } from './send-outcome.ts';
import type { SendState } from './send-states.ts';

/** Writes every attempt to send into the audit log, its beginning and its end exactly once, whatever crashes. */
export interface SendAudit {
  /** Throws `UNAVAILABLE`, and `OUTCOME_UNKNOWN` when another process has taken the entry: then nothing may be sent. */
  begin(held: HeldEntry, by: { readonly actor: Actor; readonly operation: string }): number;
  /** Writes the end of an attempt as its entry stands now, unless another process has taken the entry, and does that. */
  end(sequence: number, hold: Hold): void;
  /** Writes the ends that are owed by processes which are gone. For an entry that nobody works on, or only this process. */
  endLost(id: string): void;
  /** Writes that an outcome that had been unknown is known. */
  settled(before: OutboxEntry): void;
  /** Writes that a message is not to leave, which `move` makes so; false when somebody else came first. */
  withdraw(
    entry: OutboxEntry,
    by: { readonly actor: Actor; readonly operation: string },
    how: { readonly method: 'rejectSend' | 'cancelSend'; readonly to: SendState; readonly reason?: string },
    move: () => boolean,
  ): boolean;
}

/** What of a message stands in the log: never its text. */
function targetOf({ id, contentHash, message: { to, cc, bcc, subject } }: OutboxEntry) {
  return { outboxId: id, contentHash, to, cc, bcc, subject };
}

function endOf({ state, progress }: OutboxEntry): ChangeEnd {
  if (state === 'sent') return { kind: 'done', to: progress.result ?? null };
  const { code = 'UNAVAILABLE', message = 'It was interrupted.' } = progress.failure ?? {};
  return { kind: state === 'unknown' ? 'unknown' : 'failed', code, message };
}

/** Makes the sends' side of the audit log. */
export function createSendAudit(store: OutboxStore, audit: AuditLog): SendAudit {
  return {
    begin({ hold, entry }, by) {
      // First, so that the end is missed whenever there is a beginning.
      if (!store.note(hold, { isUnaudited: true })) throw outcomeUnknown(entry);
      const change = { ...by, account: entry.account, method: 'sendDraft', target: targetOf(entry), from: null };
      return store.exclusively(() => {
        if (!store.isHeld(hold)) throw outcomeUnknown(entry);
        return audit.begin(change);
      });
    },
    end: (sequence, hold) =>
      store.exclusively(() => {
        const entry = store.get(hold.id);
        if (entry === undefined || !store.isHeld(hold)) return;
        audit.end(sequence, endOf(entry));
        store.markAudited(hold.id);
      }),
    endLost(id) {
      if (store.get(id)?.isUnaudited !== true) return;
      store.exclusively(() => {
        const entry = store.get(id);
        if (entry?.isUnaudited !== true) return;
        for (const sequence of audit.listOpenSends(id)) audit.end(sequence, endOf(entry));
        store.markAudited(id);
      });
    },
    settled(before) {
      const entry = store.get(before.id);
      if (before.state !== 'unknown' || before.isUnaudited || entry === undefined || entry.state === 'unknown') return;
      const { account, actor, operation } = entry;
      const change = { account, actor, operation, method: 'settleSend', target: targetOf(entry), from: 'unknown' };
      audit.end(audit.begin(change), endOf(entry));
    },
    withdraw(entry, by, { method, to, ...reason }, move) {
      const { account, state } = entry;
      const target = { ...targetOf(entry), ...reason };
      const sequence = audit.begin({ ...by, account, method, target, from: state });
      const isMoved = move();
      const isLate = { kind: 'failed', code: 'CONFLICT', message: 'Somebody else came first.' } as const;
      audit.end(sequence, isMoved ? { kind: 'done', to } : isLate);
      return isMoved;
    },
  };
}
