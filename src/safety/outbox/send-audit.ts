import type { AuditWriter, ChangeEnd } from '../../store/audit/audit-log.ts';
import type { Actor } from '../../core/actor.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { HeldEntry, Hold, OutboxStore } from '../../store/outbox/outbox-store.ts';
import { outcomeUnknown } from './send-outcome.ts';
import type { SendState } from '../../store/outbox/send-states.ts';

/** Writes every attempt to send into the audit log, its beginning and its end exactly once, whatever crashes. */
export interface SendAudit {
  /** Throws `UNAVAILABLE`, and `OUTCOME_UNKNOWN` when another process has taken the entry: then nothing may be sent. */
  begin(held: HeldEntry, by: { readonly actor: Actor; readonly operation: string }): Promise<number>;
  /** Writes the end of an attempt as its entry stands now, unless another process has taken the entry, and does that. */
  end(sequence: number, hold: Hold): Promise<void>;
  /** Writes the ends that are owed by processes which are gone. For an entry that nobody works on, or only this process. */
  endLost(id: string): Promise<void>;
  /** Writes that an outcome that had been unknown is known. */
  settled(before: OutboxEntry): Promise<void>;
  /** Writes that a message is not to leave, or is another one now, which `move` makes so; false when somebody else came first. */
  withdraw(
    entry: OutboxEntry,
    by: { readonly actor: Actor; readonly operation: string },
    how: {
      readonly method: 'rejectSend' | 'cancelSend' | 'editSend';
      readonly to: SendState;
      readonly reason?: string;
      readonly newContentHash?: string;
    },
    move: () => Promise<boolean>,
  ): Promise<boolean>;
}

/** What of a message stands in the log: never its text. */
export function auditedSend({ id, contentHash, message: { to, cc, bcc, subject } }: OutboxEntry) {
  return { outboxId: id, contentHash, to, cc, bcc, subject };
}

function endOf({ state, progress }: OutboxEntry): ChangeEnd {
  if (state === 'sent') return { kind: 'done', to: progress.result ?? null };
  const { code = 'UNAVAILABLE', message = 'It was interrupted.' } = progress.failure ?? {};
  return { kind: state === 'unknown' ? 'unknown' : 'failed', code, message };
}

/** Makes the sends' side of the audit log. */
export function createSendAudit(store: OutboxStore, audit: AuditWriter): SendAudit {
  return {
    async begin({ hold, entry }, by) {
      // First, so that the end is missed whenever there is a beginning.
      if (!(await store.note(hold, { isUnaudited: true }))) throw outcomeUnknown(entry);
      const change = { ...by, account: entry.account, method: 'sendDraft', target: auditedSend(entry), from: null };
      return store.exclusively(async (inside) => {
        if (!(await inside.isHeld(hold))) throw outcomeUnknown(entry);
        return inside.audit.begin(change);
      });
    },
    end: (sequence, hold) =>
      store.exclusively(async (inside) => {
        const entry = await inside.get(hold.id);
        if (entry === undefined || !(await inside.isHeld(hold))) return;
        await inside.audit.end(sequence, endOf(entry));
        await inside.markAudited(hold.id);
      }),
    async endLost(id) {
      if ((await store.get(id))?.isUnaudited !== true) return;
      await store.exclusively(async (inside) => {
        const entry = await inside.get(id);
        if (entry?.isUnaudited !== true) return;
        for (const sequence of await inside.audit.listOpenSends(id)) await inside.audit.end(sequence, endOf(entry));
        await inside.markAudited(id);
      });
    },
    async settled(before) {
      const entry = await store.get(before.id);
      if (before.state !== 'unknown' || before.isUnaudited || entry === undefined || entry.state === 'unknown') return;
      const { account, actor, operation } = entry;
      const change = { account, actor, operation, method: 'settleSend', target: auditedSend(entry), from: 'unknown' };
      await audit.end(await audit.begin(change), endOf(entry));
    },
    async withdraw(entry, by, { method, to, ...more }, move) {
      const { account, state } = entry;
      const target = { ...auditedSend(entry), ...more };
      const sequence = await audit.begin({ ...by, account, method, target, from: state });
      const isMoved = await move();
      const isLate = { kind: 'failed', code: 'CONFLICT', message: 'Somebody else came first.' } as const;
      await audit.end(sequence, isMoved ? { kind: 'done', to } : isLate);
      return isMoved;
    },
  };
}
