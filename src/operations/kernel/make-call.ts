import type { Grant } from '../../core/configuration.ts';
import { currentContext } from '../../core/context.ts';
import type { Mailbox } from '../../mail/mailbox.ts';
import { createChanges } from '../../safety/changes/apply-changes.ts';
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
  const { transport = 'cli', requestId = '', tokenName, callId } = currentContext() ?? {};
  return { transport, requestId, tokenName, callId };
}

/**
 * What an operation works with: a reader that asks the mailbox once for what is asked for twice, and the ways to change
 * something and to send, which keep to the policy and the log. In a dry run they return what they would do. A call that
 * only reads opens none of it.
 */
export function makeCall(
  call: Pick<Call, 'signal' | 'nowMs'>,
  parts: {
    readonly mailbox: Mailbox;
    readonly safety: Safety;
    /** Where the time zone is asked for, when it is needed: that is slow the first time. */
    readonly zone: Pick<Call, 'timeZone'>;
    readonly operation: Pick<Operation, 'name'>;
    readonly grants: ReadonlySet<Grant>;
    readonly isDryRun: boolean;
    readonly confirm?: Confirm | undefined;
  },
): SendingCall {
  const { mailbox, safety, zone, grants, isDryRun, confirm } = parts;
  const operation = parts.operation.name;
  const actor = currentActor();
  const account = mailbox.emailAddress;
  const { reader, apply, ...inverses } = createChanges({
    mailbox,
    account,
    actor,
    operation,
    grants,
    isDryRun,
    policy: safety.policy,
    audit: safety.audit,
    isDraftInWork: async (id) => safety.hasOutbox() && (await safety.outboxStore().isDraftInWork(account, id)),
    feed: safety.feed,
  });

  const sending: Sending = {
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
        nowMs: call.nowMs,
      });
      const { raw, ...shown } = message;
      const target = { ...shown, sizeBytes: raw.byteLength, sending: mode };
      return { kind: 'dryRun', change: { method: 'send', target, from: null } };
    },
    sentDraft: async (draftId, { idempotencyKey }) =>
      safety.hasOutbox() ? findSentDraft(safety.outboxStore(), account, draftId, { actor, idempotencyKey }) : undefined,
  };
  return {
    ...call,
    get timeZone() {
      return zone.timeZone;
    },
    grants,
    emailAddress: account,
    delivery: mailbox.delivery,
    mailbox: reader,
    apply,
    uploads: safety.uploads,
    sending,
    undo: (sequence) =>
      undo(
        {
          changes: inverses,
          account,
          actor,
          grants,
          log: safety.audit(),
          isDryRun,
          outbox: safety.hasOutbox() ? { outbox: safety.outbox(), store: safety.outboxStore() } : undefined,
        },
        sequence,
      ),
  };
}
