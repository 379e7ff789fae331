import type { Grant } from '../core/configuration.ts';
import { currentContext } from '../core/context.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import {
  DryRunEnd,
  dryRunRecorder,
  logRecorder,
  recordChanges,
  type Recorder,
} from '../safety/audit/recorded-mailbox.ts';
import { undo } from '../safety/audit/undo.ts';
import type { Safety } from '../safety/open-safety.ts';
import { checkSend } from '../safety/policy/check-send.ts';
import { guardMailbox, ownAddresses } from '../safety/policy/guard-mailbox.ts';
import type { Actor, Sending } from '../safety/sending.ts';
import { sendConfirmed, type Confirm } from './confirm-send.ts';
import type { Call, WholeCall } from './operation.ts';

/** Who calls, from the call's context. */
function currentActor(): Actor {
  const { door = 'cli', requestId = '', tokenName, callId } = currentContext() ?? {};
  return { door, requestId, tokenName, callId };
}

/**
 * What an operation works with: a mailbox that keeps to the policy and writes down every change, the way to take one
 * back, and the outbox. In a dry run the first change, or the send, ends the call with a {@link DryRunEnd} after
 * everything that could refuse it has been asked. A call that only reads opens none of it.
 */
export function makeCall(
  call: Omit<Call, 'mailbox' | 'emailAddress' | 'delivery'>,
  parts: {
    readonly mailbox: Mailbox;
    readonly safety: Safety;
    readonly operation: string;
    readonly grants: ReadonlySet<Grant>;
    readonly isDryRun: boolean;
    readonly confirm?: Confirm | undefined;
  },
): WholeCall {
  const { mailbox, safety, operation, grants, isDryRun, confirm } = parts;
  const actor = currentActor();
  const account = mailbox.emailAddress;
  const record: Recorder = isDryRun
    ? dryRunRecorder
    : (change) => logRecorder(safety.audit(), { account, actor, operation })(change);
  const guarded = guardMailbox(recordChanges(mailbox, record), { policy: safety.policy, grants });

  const sending: Sending = {
    async send(message, options) {
      if (!isDryRun) {
        return sendConfirmed(safety.outbox(), { mailbox, actor, operation }, message, { ...options, confirm });
      }
      const mode = await checkSend(safety.policy(account), mailbox, message, {
        own: await ownAddresses(mailbox),
        countSince: (sinceMs) => (safety.hasOutbox() ? safety.outboxStore().countSentSince(account, sinceMs) : 0),
        nowMs: call.nowMs,
      });
      const { raw, ...shown } = message;
      throw new DryRunEnd('send', { ...shown, sizeBytes: raw.byteLength, sending: mode }, null);
    },
  };
  return {
    ...call,
    // The zone is asked for when it is needed, as in the call itself.
    get timeZone() {
      return call.timeZone;
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
          outbox:
            safety.hasOutbox() && !isDryRun ? { outbox: safety.outbox(), store: safety.outboxStore() } : undefined,
        },
        sequence,
      ),
  };
}
