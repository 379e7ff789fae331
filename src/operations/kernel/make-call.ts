import type { Grant } from '../../core/configuration.ts';
import { currentContext } from '../../core/context.ts';
import type { Mailbox } from '../../mail/mailbox.ts';
import {
  DryRunEnd,
  dryRunRecorder,
  logRecorder,
  recordChanges,
  type Recorder,
} from '../../safety/audit/recorded-mailbox.ts';
import { undo } from '../../safety/audit/undo.ts';
import type { Safety } from '../../safety/open-safety.ts';
import { guardDrafts } from '../../safety/outbox/guard-drafts.ts';
import { checkSend } from '../../safety/policy/check-send.ts';
import { guardMailbox, ownAddresses } from '../../safety/policy/guard-mailbox.ts';
import type { Actor, Sending } from '../../safety/sending.ts';
import { sendConfirmed, type Confirm } from '../sending/confirm-send.ts';
import { findSentDraft } from '../sending/find-sent-draft.ts';
import type { Call, Operation, WholeCall } from './operation.ts';

/** Who calls, from the call's context. */
function currentActor(): Actor {
  const { transport = 'cli', requestId = '', tokenName, callId } = currentContext() ?? {};
  return { transport, requestId, tokenName, callId };
}

/**
 * What an operation works with: a mailbox that keeps to the policy and writes down every change, the way to take one
 * back, and the outbox. In a dry run the first change, or the send, ends the call with a {@link DryRunEnd} after
 * everything that could refuse it has been asked. A call that only reads opens none of it.
 */
export function makeCall(
  call: Pick<Call, 'signal' | 'nowMs'>,
  parts: {
    readonly mailbox: Mailbox;
    readonly safety: Safety;
    /** Where the time zone is asked for, when it is needed: that is slow the first time. */
    readonly zone: Pick<Call, 'timeZone'>;
    readonly operation: Pick<Operation, 'name' | 'isReadOnly'>;
    readonly grants: ReadonlySet<Grant>;
    readonly isDryRun: boolean;
    readonly confirm?: Confirm | undefined;
  },
): WholeCall {
  const { mailbox, safety, zone, grants, isDryRun, confirm } = parts;
  const { name: operation, isReadOnly } = parts.operation;
  const actor = currentActor();
  const account = mailbox.emailAddress;
  const record: Recorder = isDryRun
    ? dryRunRecorder
    : (change) => logRecorder(safety.audit(), { account, actor, operation })(change);
  const isDraftInWork = (owner: string, id: string): boolean =>
    safety.hasOutbox() && safety.outboxStore().isDraftInWork(owner, id);
  const guarded = isReadOnly
    ? mailbox
    : guardMailbox(recordChanges(guardDrafts(mailbox, isDraftInWork), record), { policy: safety.policy, grants });

  const sending: Sending = {
    async send(message, options) {
      if (!isDryRun) {
        const sender = { mailbox, actor, operation };
        const entryOf = (id: string) => safety.outboxStore().get(id);
        const outcome = await sendConfirmed(safety.outbox(), sender, message, { ...options, confirm, entryOf });
        // Those of the first call: what was odd then, such as a first mail, need not be odd any more.
        const first = entryOf(outcome.outboxId)?.message;
        return { ...outcome, warnings: first?.warnings ?? message.warnings };
      }
      const mode = await checkSend(safety.policy(account), mailbox, message, {
        own: await ownAddresses(mailbox),
        countSince: (sinceMs) => (safety.hasOutbox() ? safety.outboxStore().countSentSince(account, sinceMs) : 0),
        nowMs: call.nowMs,
      });
      const { raw, ...shown } = message;
      throw new DryRunEnd('send', { ...shown, sizeBytes: raw.byteLength, sending: mode }, null);
    },
    sentDraft: (draftId, { idempotencyKey }) =>
      safety.hasOutbox() ? findSentDraft(safety.outboxStore(), account, draftId, { actor, idempotencyKey }) : undefined,
  };
  return {
    ...call,
    get timeZone() {
      return zone.timeZone;
    },
    emailAddress: account,
    delivery: mailbox.delivery,
    mailbox: guarded,
    uploads: safety.uploads,
    sending,
    undo: (sequence) =>
      undo(
        {
          mailbox: guarded,
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
