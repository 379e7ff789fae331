import { setTimeout as delay } from 'node:timers/promises';
import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Mailbox, MailboxReader } from '../../mail/mailbox.ts';
import { ownAddresses } from '../policy/check-outflow.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyReader } from '../policy/read-policy.ts';
import type { Actor } from '../../core/actor.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import type { SendOutcome } from '../sending.ts';
import { deliver } from './deliver.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { HeldEntry, OutboxStore } from '../../store/outbox/outbox-store.ts';
import type { SendAudit } from './send-audit.ts';
import { outcomeOf, outcomeUnknown } from './send-outcome.ts';
import { openStates, type SendStep } from '../../store/outbox/send-states.ts';
import { settle } from './settle.ts';
import { whileHeld } from './while-held.ts';

/** How often a call looks whether another process has finished the same send: each pause is half as long again. */
const pollMs = { first: 50, most: 500 };
/** How long a call waits for that where its caller has set no deadline. */
const patienceMs = 30_000;

/** Who sends, for the outbox and the audit log. */
export interface Sender {
  readonly mailbox: Mailbox;
  /** Reads the same mailbox; what the call has read already need not be asked for again. */
  readonly reader: MailboxReader;
  readonly actor: Actor;
  readonly operation: string;
}

/** What can be done with an entry of the outbox; every one of these holds it while it works. */
export interface Dispatch {
  /**
   * Whether the policy of now lets a message leave, or wants a person to see it first. `ownId` is its entry, which does
   * not count against itself. Throws `FORBIDDEN`, `RATE_LIMITED`.
   */
  admit(
    sender: Pick<Sender, 'mailbox' | 'reader'>,
    message: MessageToSend,
    ownId?: string,
  ): Promise<{ readonly mode: 'direct' | 'confirm'; readonly rules: Policy }>;
  /** Sends an entry that has just been added, and admitted. */
  sendAdded(held: HeldEntry, sender: Sender): Promise<SendOutcome>;
  /** Makes a first step with an entry and goes on from there, as far as the policy of now allows. */
  leave(id: string, step: Extract<SendStep, 'approve' | 'send' | 'retry'>, sender: Sender): Promise<SendOutcome>;
  /** Looks into an open outcome; false when somebody else works on it. */
  look(id: string, open: () => Promise<Mailbox>): Promise<boolean>;
  /** An entry once nobody works on it any more. Throws `OUTCOME_UNKNOWN` when that takes too long. */
  untilSettled(id: string, mailbox: Mailbox): Promise<OutboxEntry>;
}

/** Makes what an outbox does with its entries. */
export function createDispatch(parts: {
  readonly store: OutboxStore;
  readonly audit: SendAudit;
  readonly policy: PolicyReader;
  readonly now: () => number;
}): Dispatch {
  const { store, audit, policy, now } = parts;

  async function admit(
    { mailbox, reader }: Pick<Sender, 'mailbox' | 'reader'>,
    message: MessageToSend,
    ownId?: string,
  ) {
    const account = mailbox.emailAddress;
    const rules = await policy(account);
    // It reads mail, whose code is read for the first send.
    const { checkSend } = await import('../policy/check-send.ts');
    const mode = await checkSend(rules, reader, message, {
      own: await ownAddresses(reader),
      countSince: (sinceMs) => store.countSentSince(account, sinceMs, ownId),
      nowMs: now(),
    });
    return { mode, rules };
  }

  /** Sends a held entry, with its two lines in the audit log. */
  async function send(held: HeldEntry, { mailbox, actor, operation }: Sender): Promise<SendOutcome> {
    const sequence = await audit.begin(held, { actor, operation });
    try {
      return { state: 'sent', outboxId: held.entry.id, message: await deliver(store, mailbox, held, now) };
    } finally {
      try {
        await audit.end(sequence, held.hold);
      } catch {
        // What became of the message is the answer; the worker writes the end as soon as it can.
      }
    }
  }

  async function resume(held: HeldEntry, isApproved: boolean, isAsked: boolean, sender: Sender): Promise<SendOutcome> {
    const { hold, entry } = held;
    const { id, contentHash } = entry;
    await audit.endLost(id);
    const message = { ...entry.message, raw: (await store.raw(id)) ?? new Uint8Array(), contentHash };
    const { mode, rules } = await admit(sender, message, id);
    if (mode === 'confirm' && !isApproved) await store.advance(hold, 'park', { isPromised: undefined });
    else if (rules.graceSeconds > 0 && isAsked) {
      await store.advance(hold, 'postpone', { isPromised: true, sendsAtMs: now() + rules.graceSeconds * 1000 });
    } else return await send(held, sender);
    return outcomeOf((await store.get(id)) ?? entry);
  }

  async function look(id: string, open: () => Promise<Mailbox>): Promise<boolean> {
    const held = await store.take(id);
    if (held === undefined) return false;
    await whileHeld(store, held, now, async () => {
      await settle(store, await open(), held, now);
      await audit.settled(held.entry);
      await audit.endLost(id);
    });
    return true;
  }

  async function untilSettled(id: string, mailbox: Mailbox): Promise<OutboxEntry> {
    const { deadlineMs = performance.now() + patienceMs, signal } = currentContext() ?? {};
    let hasLooked = false;
    let pauseMs = pollMs.first;
    for (;;) {
      const entry = await store.get(id);
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
      if (performance.now() + pauseMs > deadlineMs) throw outcomeUnknown(entry);
      await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
      pauseMs = Math.min(pollMs.most, pauseMs * 1.5);
    }
  }

  return {
    admit,
    look,
    untilSettled,
    sendAdded: (held, sender) => whileHeld(store, held, now, () => send(held, sender)),
    async leave(id, step, sender) {
      const held = await store.take(id, step);
      // Another process was faster: its outcome is the answer.
      if (held === undefined) return outcomeOf(await untilSettled(id, sender.mailbox));
      return await whileHeld(store, held, now, () => resume(held, step === 'approve', step === 'retry', sender));
    },
  };
}
