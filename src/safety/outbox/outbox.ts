import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Mailbox } from '../../mail/mailbox.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { checkSend } from '../policy/check-send.ts';
import { ownAddresses } from '../policy/guard-mailbox.ts';
import type { PolicyReader } from '../policy/read-policy.ts';
import type { Actor, MessageToSend, SendOutcome } from '../sending.ts';
import { deliver } from './deliver.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import { holdMs, type HeldEntry, type OutboxStore } from './outbox-store.ts';
import { postponeOrFail } from './postpone-or-fail.ts';
import { createSendAudit } from './send-audit.ts';
import { sendKeyOf } from './send-key.ts';
import { failureOf, outcomeOf, outcomeUnknown } from './send-outcome.ts';
import { openStates, type SendStep } from './send-states.ts';
import { settle } from './settle.ts';
import { createRound } from './work-through.ts';

/** How often a call looks whether another process has finished the same send. */
const pollMs = 50;
/** How long a call waits for that where its caller has set no deadline. */
const patienceMs = 30_000;
/** Several in the time after which a hold is taken for lost. */
const keepMs = holdMs / 5;
const interrupted = { code: 'UNAVAILABLE', message: 'It was interrupted before anything left.' } as const;

/** Who sends, for the outbox and the audit log. */
export interface Sender {
  readonly mailbox: Mailbox;
  readonly actor: Actor;
  readonly operation: string;
}

/** What the background work of an outbox needs. */
export interface Work {
  readonly open: (account: string) => Promise<Mailbox>;
  readonly signal: AbortSignal;
  /** Told of every entry whose turn failed; the others have theirs. */
  readonly onError: (entry: OutboxEntry, error: unknown) => void;
}

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
  reject(id: string, actor: Actor): void;
  /** Takes back a send that still waits; false when it has left or is leaving. */
  cancel(id: string): boolean;
  /**
   * Does what is due: waiting messages leave, open outcomes are looked into, ends that the audit log lacks are written.
   * Answers how many entries it worked on. To be called again and again, one call at a time.
   */
  work(work: Work): Promise<number>;
}

function newEntryId(): string {
  return randomBytes(6).toString('hex');
}

/** Makes the outbox of a process. */
export function createOutbox(parts: {
  readonly store: OutboxStore;
  readonly audit: AuditLog;
  readonly policy: PolicyReader;
  readonly now: () => number;
}): Outbox {
  const { store, policy, now } = parts;
  const audit = createSendAudit(store, parts.audit);
  const round = createRound(store, now);

  /** Ends the work on an entry; what fails here fails later at whoever finds the entry held by nobody. */
  function letGo({ hold, entry }: HeldEntry, error?: unknown): void {
    try {
      // Nothing can have left, and nobody else has written that down.
      if (error !== undefined && store.isHeld(hold) && store.get(hold.id)?.state === 'drafting') {
        const failure = error instanceof AppError ? failureOf(error) : interrupted;
        postponeOrFail(store, { hold, entry }, failure, now);
      }
      store.release(hold);
    } catch {
      // The store is broken: what the work came to is what the caller has to hear.
    }
  }

  async function whileHeld<T>(held: HeldEntry, work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => {
      try {
        store.keep(held.hold);
      } catch {
        // Then the hold ends, which the work finds out.
      }
    }, keepMs);
    try {
      const result = await work();
      letGo(held);
      return result;
    } catch (error) {
      letGo(held, error);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** Sends a held entry, with its two lines in the audit log. */
  async function deliverAudited(held: HeldEntry, { mailbox, actor, operation }: Sender): Promise<SendOutcome> {
    const sequence = audit.begin(held, { actor, operation });
    try {
      return { state: 'sent', outboxId: held.entry.id, message: await deliver(store, mailbox, held, now) };
    } finally {
      try {
        audit.end(sequence, held.hold);
      } catch {
        // What became of the message is the answer; the worker writes the end as soon as it can.
      }
    }
  }

  /** Refuses what the policy refuses, and says how a message may leave. */
  async function admit(mailbox: Mailbox, message: MessageToSend, ownId?: string) {
    const account = mailbox.emailAddress;
    const rules = policy(account);
    const mode = await checkSend(rules, mailbox, message, {
      own: await ownAddresses(mailbox),
      countSince: (sinceMs) => store.countSentSince(account, sinceMs, ownId),
      nowMs: now(),
    });
    return { mode, rules };
  }

  /** Makes a first step with an entry and goes on from there, as far as the policy of now allows. */
  async function leave(
    id: string,
    step: Extract<SendStep, 'approve' | 'depart' | 'retry'>,
    sender: Sender,
  ): Promise<SendOutcome> {
    const held = store.take(id, step);
    // Another process was faster: its outcome is the answer.
    if (held === undefined) return outcomeOf(await untilSettled(id, sender.mailbox));
    const { hold, entry } = held;
    return await whileHeld(held, async () => {
      audit.endLost(id);
      const { contentHash } = entry;
      const message = { ...entry.message, raw: store.raw(id) ?? new Uint8Array(), contentHash };
      const { mode, rules } = await admit(sender.mailbox, message, id);
      if (mode === 'confirm' && step !== 'approve') {
        store.advance(hold, 'park', { isPromised: undefined });
        return outcomeOf(store.get(id) ?? entry);
      }
      if (rules.graceSeconds > 0 && step === 'retry') {
        store.advance(hold, 'postpone', { isPromised: true, sendsAtMs: now() + rules.graceSeconds * 1000 });
        return outcomeOf(store.get(id) ?? entry);
      }
      return await deliverAudited(held, sender);
    });
  }

  /** Looks into an open outcome, if nobody else works on it. */
  async function look(id: string, open: () => Promise<Mailbox>): Promise<boolean> {
    const held = store.take(id);
    if (held === undefined) return false;
    await whileHeld(held, async () => {
      await settle(store, await open(), held, now);
      audit.settled(held.entry);
      audit.endLost(id);
    });
    return true;
  }

  /** An entry once nobody works on it any more. */
  async function untilSettled(id: string, mailbox: Mailbox): Promise<OutboxEntry> {
    const { deadlineMs = performance.now() + patienceMs, signal } = currentContext() ?? {};
    let hasLooked = false;
    for (;;) {
      const entry = store.get(id);
      if (entry === undefined) throw new Error(`the outbox entry ${id} has gone`);
      if (!openStates.includes(entry.state) || hasLooked) return entry;
      try {
        // Whoever worked on it is gone.
        hasLooked = await look(id, () => Promise.resolve(mailbox));
      } catch (error) {
        if (error instanceof AppError) throw outcomeUnknown(entry, error);
        throw error;
      }
      if (hasLooked) continue;
      if (performance.now() + pollMs > deadlineMs) throw outcomeUnknown(entry);
      await delay(pollMs, undefined, signal === undefined ? {} : { signal });
    }
  }

  /** The answer of a send that was asked for before; what certainly did not leave is tried again. */
  async function follow(known: OutboxEntry, sender: Sender, message: MessageToSend): Promise<SendOutcome> {
    if (known.contentHash !== message.contentHash) {
      throw new AppError('CONFLICT', 'This idempotencyKey was used for another message.', {
        field: 'idempotencyKey',
        expected: 'the same message, or another key',
        hint: `\`gmail-llm outbox show ${known.id}\` shows the message that has it.`,
      });
    }
    const entry = await untilSettled(known.id, sender.mailbox);
    if (entry.state === 'failed') return await leave(entry.id, 'retry', sender);
    if (entry.state === 'waiting' && entry.sendsAtMs <= now()) return await leave(entry.id, 'depart', sender);
    return outcomeOf(entry);
  }

  function required(id: string): OutboxEntry {
    const entry = store.get(id);
    if (entry !== undefined) return entry;
    throw new AppError('NOT_FOUND', `There is no message ${id} in the outbox.`, {
      got: id,
      hint: '`gmail-llm outbox` lists them.',
    });
  }

  function refuseUnless(isRight: boolean, { id, state }: OutboxEntry): void {
    if (isRight) return;
    throw new AppError('CONFLICT', `The message ${id} does not wait for approval: it is ${state}.`, {
      got: id,
      hint: `See \`gmail-llm outbox show ${id}\`.`,
    });
  }

  return {
    async send(sender, message, { idempotencyKey }) {
      const { mailbox, actor, operation } = sender;
      const account = mailbox.emailAddress;
      const { key, keyMs } = sendKeyOf(actor, message, idempotencyKey);
      const before = key === undefined ? undefined : store.findByKey(account, key, keyMs);
      if (before !== undefined) return await follow(before, sender, message);

      const { mode, rules } = await admit(mailbox, message);
      const direct = rules.graceSeconds > 0 ? 'waiting' : 'drafting';
      const added = store.add({
        id: newEntryId(),
        account,
        key,
        keyMs,
        state: mode === 'confirm' ? 'parked' : direct,
        sendsAtMs: now() + rules.graceSeconds * 1000,
        operation,
        actor,
        message,
        limits: [
          { count: rules.limits.perHour, windowMs: 60 * 60 * 1000 },
          { count: rules.limits.perDay, windowMs: 24 * 60 * 60 * 1000 },
        ],
      });
      switch (added.kind) {
        case 'known':
          // Another process came first under the same key.
          return await follow(added.entry, sender, message);
        case 'over limit':
          // Another process took the last place: now the policy refuses.
          await admit(mailbox, message);
          throw new AppError('RATE_LIMITED', 'Too many messages are sent at once.', { hint: 'Try again.' });
        case 'added': {
          const { held } = added;
          if (held.entry.state !== 'drafting') return outcomeOf(held.entry);
          return await whileHeld(held, () => deliverAudited(held, sender));
        }
      }
    },
    async approve(id, contentHash, sender) {
      const entry = required(id);
      refuseUnless(entry.state === 'parked' || entry.state === 'failed', entry);
      if (entry.contentHash !== contentHash) {
        throw new AppError('CONFLICT', 'The message is not the one that was shown; nothing was sent.', {
          expected: entry.contentHash,
          got: contentHash,
          hint: `Look again: \`gmail-llm outbox show ${id}\`.`,
        });
      }
      return await leave(id, 'approve', sender);
    },
    reject(id, actor) {
      const entry = required(id);
      refuseUnless(entry.state === 'parked', entry);
      if (!audit.reject(entry, actor, () => store.move(id, 'reject'))) refuseUnless(false, required(id));
    },
    cancel: (id) => store.move(id, 'cancel'),
    async work({ open, signal, onError }) {
      store.forgetOld();
      return await round.run({
        signal,
        onError,
        async turn({ id, account, state, sendsAtMs, actor, operation }) {
          switch (state) {
            case 'waiting':
              audit.endLost(id);
              if (sendsAtMs <= now()) await leave(id, 'depart', { mailbox: await open(account), actor, operation });
              break;
            case 'drafting':
            case 'sending':
            case 'unknown':
              await look(id, () => open(account));
              break;
            case 'parked':
            case 'failed':
            case 'sent':
            case 'rejected':
            case 'cancelled':
              audit.endLost(id);
          }
        },
      });
    },
  };
}
