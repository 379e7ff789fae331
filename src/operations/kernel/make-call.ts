import type { Grant } from '../../core/grants.ts';
import { currentContext } from '../../core/context.ts';
import type { Mailbox } from '../../mail/mailbox.ts';
import { createChanges, type Changes } from '../../safety/changes/apply-changes.ts';
import { rememberReads, type RememberingReader } from '../../safety/changes/remember-reads.ts';
import { undo } from '../../safety/changes/undo.ts';
import type { Safety } from '../../safety/open-safety.ts';
import { ownAddresses } from '../../safety/policy/check-outflow.ts';
import { checkSend } from '../../safety/policy/check-send.ts';
import type { Actor } from '../../core/actor.ts';
import type { Sending } from '../../safety/sending.ts';
import { sendConfirmed, type Confirm } from '../sending/confirm-send.ts';
import { findSentDraft } from '../sending/find-sent-draft.ts';
import type { Call, SendingCall } from './call.ts';
import type { Operation } from './operation.ts';

/** Who calls, from the call's context. */
export function currentActor(): Actor {
  const { transport = 'cli', requestId = '', tokenName, client, callId } = currentContext() ?? {};
  return { transport, requestId, tokenName, client, callId };
}

/** What a call is made of. */
interface CallParts {
  readonly mailbox: Mailbox;
  readonly safety: Safety;
  /** Where the time zone is asked for, when it is needed: that is slow the first time. */
  readonly zone: Pick<Call, 'timeZone'>;
  readonly operation: Pick<Operation, 'name'>;
  readonly grants: ReadonlySet<Grant>;
  readonly isDryRun: boolean;
  readonly confirm?: Confirm | undefined;
}

/** The parts of a call whose caller is known. */
type ActedParts = CallParts & { readonly actor: Actor };

/** A class, and most of it made when it is first asked for: most calls read one thing, and that is all they pay for. */
class OperationCall implements SendingCall {
  readonly signal: AbortSignal;
  readonly nowMs: number;
  readonly grants: ReadonlySet<Grant>;
  readonly emailAddress: string;
  readonly delivery: Mailbox['delivery'];
  readonly mailbox: RememberingReader;
  readonly #parts: ActedParts;
  #changes: Changes | undefined;
  #sending: Sending | undefined;

  constructor({ signal, nowMs }: Pick<Call, 'signal' | 'nowMs'>, parts: CallParts) {
    this.signal = signal;
    this.nowMs = nowMs;
    this.grants = parts.grants;
    this.emailAddress = parts.mailbox.emailAddress;
    this.delivery = parts.mailbox.delivery;
    this.mailbox = rememberReads(parts.mailbox);
    this.#parts = { ...parts, actor: currentActor() };
  }

  get timeZone(): string {
    return this.#parts.zone.timeZone;
  }

  get uploads(): SendingCall['uploads'] {
    return this.#parts.safety.uploads;
  }

  get apply(): SendingCall['apply'] {
    return this.#made().apply;
  }

  get sending(): Sending {
    return (this.#sending ??= sendingOf(this.#parts, this.mailbox, this.nowMs));
  }

  get undo(): SendingCall['undo'] {
    const { safety, mailbox, actor, grants, isDryRun } = this.#parts;
    return (sequence) =>
      undo(
        {
          changes: this.#made(),
          account: mailbox.emailAddress,
          actor,
          grants,
          log: safety.audit(),
          isDryRun,
          outbox: safety.hasOutbox() ? { outbox: safety.outbox(), store: safety.outboxStore() } : undefined,
        },
        sequence,
      );
  }

  #made(): Changes {
    return (this.#changes ??= changesOf(this.#parts, this.mailbox));
  }
}

function changesOf(
  { mailbox, safety, actor, operation, grants, isDryRun }: ActedParts,
  reader: RememberingReader,
): Changes {
  const account = mailbox.emailAddress;
  const parts = {
    mailbox,
    account,
    actor,
    operation: operation.name,
    grants,
    isDryRun,
    policy: safety.policy,
    audit: safety.audit,
    isDraftInWork: async (id: string) => safety.hasOutbox() && (await safety.outboxStore().isDraftInWork(account, id)),
    feed: safety.feed,
  };
  return createChanges(parts, reader);
}

function sendingOf(
  { mailbox, safety, actor, operation: { name: operation }, isDryRun, confirm }: ActedParts,
  reader: RememberingReader,
  nowMs: number,
): Sending {
  const account = mailbox.emailAddress;
  return {
    async send(message, options) {
      if (!isDryRun) {
        const sender = { mailbox, reader, actor, operation };
        const entryOf = (id: string) => safety.outboxStore().get(id);
        const outcome = await sendConfirmed(safety.outbox(), sender, message, { ...options, confirm, entryOf });
        // Those of the first call: what was odd then, such as a first mail, need not be odd any more.
        const first = (await entryOf(outcome.outboxId))?.message;
        return { ...outcome, warnings: first?.warnings ?? message.warnings };
      }
      const mode = await checkSend(await safety.policy(account), reader, message, {
        own: await ownAddresses(reader),
        countSince: async (sinceMs) => (safety.hasOutbox() ? safety.outboxStore().countSentSince(account, sinceMs) : 0),
        nowMs,
      });
      const { raw, ...shown } = message;
      const target = { ...shown, sizeBytes: raw.byteLength, sending: mode };
      return { kind: 'dryRun', change: { method: 'send', target, from: null } };
    },
    sentDraft: async (draftId, { idempotencyKey }) =>
      safety.hasOutbox() ? findSentDraft(safety.outboxStore(), account, draftId, { actor, idempotencyKey }) : undefined,
  };
}

/**
 * What an operation works with: a reader that asks the mailbox once for what is asked for twice, and the ways to change
 * something and to send, which keep to the policy and the log. In a dry run they return what they would do. A call that
 * only reads opens none of it.
 */
export function makeCall(call: Pick<Call, 'signal' | 'nowMs'>, parts: CallParts): SendingCall {
  return new OperationCall(call, parts);
}
