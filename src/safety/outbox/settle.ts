import type { Mailbox } from '../../mail/mailbox.ts';
import { undefinedIfNotFound } from '../../core/undefined-if-not-found.ts';
import { findSent } from './find-sent.ts';
import type { HeldEntry, OutboxStore } from '../../store/outbox/outbox-store.ts';
import { postponeOrFail } from './postpone-or-fail.ts';

/** A draft that is still there this long after the request to send it has not been sent by that request. */
const settleAfterMs = 60_000;

/**
 * Finds out what became of a send whose outcome is open, and writes it down where it is certain: a draft that is still
 * there long after proves that it did not leave, a message in SENT that it did. Anything else stays open. Never sends.
 */
export async function settle(
  store: OutboxStore,
  mailbox: Mailbox,
  { hold, entry }: HeldEntry,
  now: () => number,
): Promise<void> {
  const { draftId, attemptedMs = entry.changedMs } = entry.progress;
  if (entry.state === 'drafting' || draftId === undefined) {
    await postponeOrFail(
      store,
      { hold, entry },
      { code: 'UNAVAILABLE', message: 'It was interrupted before anything left.' },
      now,
    );
    return;
  }
  // First: it goes when the message leaves, so that afterwards SENT has the message, if it left.
  if ((await undefinedIfNotFound(mailbox.getDraft(draftId))) !== undefined) {
    if (now() - attemptedMs < settleAfterMs) {
      await store.advance(hold, 'markUnknown', { attemptedMs });
      return;
    }
    const message = `It has not left: its draft ${draftId} is still there.`;
    await store.advance(hold, 'fail', { failure: { code: 'UNAVAILABLE', message } });
    return;
  }
  if (await store.isDraftSentByOther(entry)) {
    const message = `The draft ${draftId} was sent by another call.`;
    await store.advance(hold, 'fail', { failure: { code: 'CONFLICT', message } });
    return;
  }
  const sent = await findSent(store, mailbox, entry);
  if (sent === undefined) await store.advance(hold, 'markUnknown', { attemptedMs });
  else await store.confirm(hold, sent);
}
