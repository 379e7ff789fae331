import { randomBytes } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Mailbox } from '../../mail/mailbox.ts';
import type { AuditWriter } from '../../store/audit/audit-log.ts';
import type { PolicyReader } from '../policy/read-policy.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import type { SendOutcome } from '../sending.ts';
import { createDispatch, type Sender } from './dispatch.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { OutboxStore } from '../../store/outbox/outbox-store.ts';
import { createSendAudit } from './send-audit.ts';
import { isKeyOf, sendKeyOf } from './send-key.ts';
import { outcomeOf } from './send-outcome.ts';
import { createRound } from './work-through.ts';

export type { Sender };

const hourMs = 60 * 60 * 1000;

/** What the background work of an outbox needs. */
interface Work {
  readonly open: (account: string) => Promise<Mailbox>;
  readonly signal: AbortSignal;
  /** Told of every entry whose turn failed; the others have theirs. */
  readonly onError: (entry: OutboxEntry, error: unknown) => void;
}

/** Who decides what becomes of a message, and through which operation. */
type Decider = Pick<Sender, 'actor' | 'operation'>;

/** Messages on their way out, in a file shared by all processes. */
export interface Outbox {
  /** See `Sending.send`. */
  send(sender: Sender, message: MessageToSend, options: { readonly idempotencyKey?: string }): Promise<SendOutcome>;
  /**
   * Sends a message as a person has seen it: one that is parked, or that failed. Throws `NOT_FOUND`, `CONFLICT` when it
   * is neither any more or is not the message with this content hash, and as `Sending.send` does.
   */
  approve(id: string, contentHash: string, sender: Sender): Promise<SendOutcome>;
  /** Throws `NOT_FOUND`, `CONFLICT` for one that is not parked. */
  reject(id: string, by: Decider, reason?: string): Promise<void>;
  /**
   * Puts `message` in the place of a parked one, as a person has changed it; it stays parked, under its new hash. Throws
   * `NOT_FOUND`, and `CONFLICT` when it is not parked any more, is not the one with this hash, or is a draft of the mailbox.
   */
  edit(id: string, contentHash: string, message: MessageToSend, by: Decider): Promise<void>;
  /** Takes back a send that still waits. Throws `NOT_FOUND`, `CONFLICT` when it has left or is leaving. */
  cancel(id: string, by: Decider): Promise<void>;
  /** Tries a message again that failed, as the policy now has it. Throws as {@link approve} does. */
  retry(id: string, sender: Sender): Promise<SendOutcome>;
  /** Whether there is something for {@link work} to do. Cheap. */
  hasWork(): Promise<boolean>;
  /**
   * Does what is due: waiting messages leave, open outcomes are looked into, ends that the audit log lacks are written.
   * Answers how many entries it worked on. To be called again and again, one call at a time.
   */
  work(work: Work): Promise<number>;
}

function newEntryId(): string {
  return randomBytes(6).toString('hex');
}

/** Throws `CONFLICT` for a key that stands for another message. */
function requireSame(known: OutboxEntry, message: MessageToSend): void {
  if (known.contentHash === message.contentHash) return;
  throw new AppError('CONFLICT', 'This idempotencyKey was used for another message.', {
    field: 'idempotencyKey',
    expected: 'the same message, or another key',
    hint: `\`gmail-llm outbox show ${known.id}\` shows the message that has it.`,
  });
}

function notForApproval({ id, state }: OutboxEntry): AppError {
  return new AppError('CONFLICT', `The message ${id} does not wait for approval: it is ${state}.`, {
    got: id,
    hint: `See \`gmail-llm outbox show ${id}\`.`,
  });
}

/** Throws `CONFLICT` for a message that is not the one that a person has seen. */
function requireShown({ id, contentHash: expected }: OutboxEntry, contentHash: string): void {
  if (expected === contentHash) return;
  throw new AppError('CONFLICT', 'The message is not the one that was shown; nothing was sent.', {
    expected,
    got: contentHash,
    hint: `Look again: \`gmail-llm outbox show ${id}\`.`,
  });
}

function notIn(wanted: 'waiting' | 'failed', { id, state }: OutboxEntry): AppError {
  return new AppError('CONFLICT', `The message ${id} is not ${wanted}: it is ${state}.`, {
    got: id,
    hint: `See \`gmail-llm outbox show ${id}\`.`,
  });
}

/** Makes the outbox of a process. */
export function createOutbox(parts: {
  readonly store: OutboxStore;
  readonly audit: AuditWriter;
  readonly policy: PolicyReader;
  readonly now: () => number;
}): Outbox {
  const { store, policy, now } = parts;
  const audit = createSendAudit(store, parts.audit);
  const dispatch = createDispatch({ store, audit, policy, now });
  const round = createRound(store, now);

  /** The answer of a send that was asked for before; what certainly did not leave is tried again. */
  async function follow(known: OutboxEntry, sender: Sender, message: MessageToSend): Promise<SendOutcome> {
    requireSame(known, message);
    const entry = await dispatch.untilSettled(known.id, sender.mailbox);
    if (entry.state === 'failed') return await dispatch.leave(entry.id, 'retry', sender);
    if (entry.state === 'waiting' && entry.sendsAtMs <= now()) return await dispatch.leave(entry.id, 'send', sender);
    return outcomeOf(entry);
  }

  async function required(id: string): Promise<OutboxEntry> {
    const entry = await store.get(id);
    if (entry !== undefined) return entry;
    throw new AppError('NOT_FOUND', `There is no message ${id} in the outbox.`, {
      got: id,
      hint: '`gmail-llm outbox` lists them.',
    });
  }

  return {
    async send(sender, message, { idempotencyKey }) {
      const { mailbox, actor, operation } = sender;
      const account = mailbox.emailAddress;
      const sendKey = sendKeyOf(actor, message, idempotencyKey);
      const { key, keyMs, sharedKey } = sendKey;
      for (const known of [key, sharedKey]) {
        const before = known === undefined ? undefined : await store.findByKey(account, known, keyMs);
        if (before !== undefined && isKeyOf(before, sendKey, actor)) return await follow(before, sender, message);
      }

      const { mode, rules } = await dispatch.admit(sender, message);
      const whenAllowed = rules.graceSeconds > 0 ? 'waiting' : 'drafting';
      const added = await store.add({
        id: newEntryId(),
        account,
        key,
        keyMs,
        state: mode === 'confirm' ? 'parked' : whenAllowed,
        sendsAtMs: now() + rules.graceSeconds * 1000,
        operation,
        actor,
        message,
        limits: [
          { count: rules.limits.perHour, windowMs: hourMs },
          { count: rules.limits.perDay, windowMs: 24 * hourMs },
        ],
      });
      switch (added.kind) {
        case 'known':
          // Another process came first under the same key.
          return await follow(added.entry, sender, message);
        case 'over limit':
          // Another send took the last place since: the policy says so now.
          await dispatch.admit(sender, message);
          throw new AppError('RATE_LIMITED', 'Too many messages are sent at once.', { hint: 'Try again.' });
        case 'added':
          if (added.held.entry.state !== 'drafting') return outcomeOf(added.held.entry);
          return await dispatch.sendAdded(added.held, sender);
      }
    },
    async approve(id, contentHash, sender) {
      const entry = await required(id);
      if (entry.state !== 'parked' && entry.state !== 'failed') throw notForApproval(entry);
      requireShown(entry, contentHash);
      return await dispatch.leave(id, 'approve', sender);
    },
    async reject(id, by, reason) {
      const entry = await required(id);
      if (entry.state !== 'parked') throw notForApproval(entry);
      const why = reason === undefined ? {} : { reason };
      const how = { method: 'rejectSend', to: 'rejected', ...why } as const;
      const isMoved = await audit.withdraw(entry, by, how, () => store.move(id, 'reject', why));
      if (!isMoved) throw notForApproval(await required(id));
    },
    async edit(id, contentHash, message, by) {
      const entry = await required(id);
      if (entry.state !== 'parked') throw notForApproval(entry);
      requireShown(entry, contentHash);
      if (entry.progress.draftId !== undefined) {
        throw new AppError('CONFLICT', 'This message is a draft of the mailbox: it is changed there.', {
          got: entry.progress.draftId,
          hint: 'Reject it, change the draft, and have that sent.',
        });
      }
      const how = { method: 'editSend', to: 'parked', newContentHash: message.contentHash } as const;
      const isReplaced = await audit.withdraw(entry, by, how, () => store.replace(id, contentHash, message));
      if (isReplaced) return;
      const now = await required(id);
      requireShown(now, contentHash);
      throw notForApproval(now);
    },
    async cancel(id, by) {
      const entry = await required(id);
      const how = { method: 'cancelSend', to: 'cancelled' } as const;
      const isOver =
        entry.state !== 'waiting' || !(await audit.withdraw(entry, by, how, () => store.move(id, 'cancel')));
      if (isOver) throw notIn('waiting', await required(id));
    },
    async retry(id, sender) {
      const entry = await required(id);
      if (entry.state !== 'failed') throw notIn('failed', entry);
      return await dispatch.leave(id, 'retry', sender);
    },
    hasWork: () => round.hasDue(),
    async work({ open, signal, onError }) {
      return await round.run({
        signal,
        onError,
        async turn({ id, account, state, sendsAtMs, actor, operation }) {
          switch (state) {
            case 'waiting':
              await audit.endLost(id);
              if (sendsAtMs <= now()) {
                const mailbox = await open(account);
                await dispatch.leave(id, 'send', { mailbox, reader: mailbox, actor, operation });
              }
              break;
            case 'drafting':
            case 'sending':
            case 'unknown':
              await dispatch.look(id, () => open(account));
              break;
            case 'parked':
            case 'failed':
            case 'sent':
            case 'rejected':
            case 'cancelled':
              await audit.endLost(id);
          }
        },
      });
    },
  };
}
