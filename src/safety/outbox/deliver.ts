import { currentContext, runInContext } from '../../core/context.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { FiledMessage, Mailbox } from '../../mail/mailbox.ts';
import { orMissing } from '../../core/or-missing.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import type { HeldEntry, OutboxStore } from './outbox-store.ts';
import { isPassing, postponeOrFail } from './postpone-or-fail.ts';
import { failureOf, outcomeUnknown } from './send-outcome.ts';

/** What a request to send may take, however little patience its caller has left. */
const sendMs = 15_000;

/** Whether nobody can tell from this error that the message did not leave. */
function isOpen(error: unknown): boolean {
  // A draft that is not there may have been sent: by a request before, or by its owner.
  return (
    !(error instanceof AppError) || ['OUTCOME_UNKNOWN', 'UNAVAILABLE', 'INTERNAL', 'NOT_FOUND'].includes(error.code)
  );
}

/** An error that came before anything could leave, as the caller has to understand it. */
function notSent(error: unknown): AppError {
  if (error instanceof AppError && error.code !== 'OUTCOME_UNKNOWN' && error.code !== 'INTERNAL') return error;
  return new AppError(
    'UNAVAILABLE',
    `The message was not sent: it could not be prepared (${messageOf(error)}).`,
    { hint: 'Nothing has left. Try again.' },
    error,
  );
}

function conflict(message: string, hint: string): AppError {
  return new AppError('CONFLICT', message, { field: 'id', hint });
}

/** The draft that is to be sent, made sure of. */
interface ReadyDraft {
  readonly draftId: string;
  readonly draftMessageId: string;
  readonly startHistoryId: string;
}

/** A draft of the outbox's own. Undefined when the hold was lost meanwhile. */
async function makeDraft(store: OutboxStore, mailbox: Mailbox, { hold, entry }: HeldEntry, startHistoryId: string) {
  const raw = store.raw(entry.id);
  if (raw === undefined) throw new Error(`the outbox has no message for ${entry.id}`);
  const { threadId } = entry;
  const draft = await mailbox.createDraft({ raw, ...(threadId === undefined ? {} : { threadId }) });
  const ready = { draftId: draft.id, draftMessageId: draft.message.id, startHistoryId };
  if (store.note(hold, ready)) return ready;
  // Whoever works on the entry now makes a draft of its own. What is left behind is a draft, which its owner can see.
  await mailbox.deleteDraft(draft.id).catch(() => {});
  return undefined;
}

/** Whether what would leave is what was checked. Throws `CONFLICT` where it was changed since. */
async function isReady(store: OutboxStore, mailbox: Mailbox, entry: OutboxEntry, draft: ReadyDraft): Promise<boolean> {
  const found = await orMissing(mailbox.getDraft(draft.draftId));
  if (found === undefined) return false;
  const isSame = entry.isCallersDraft
    ? Buffer.from(found.message.raw).equals(store.raw(entry.id) ?? new Uint8Array())
    : found.message.summary.id === draft.draftMessageId;
  if (isSame) return true;
  throw conflict(
    `The draft ${draft.draftId} was changed after it was checked; nothing was sent.`,
    entry.isCallersDraft
      ? 'Read it again, then send it with another idempotencyKey.'
      : 'Send or delete that draft by hand, or send the message with another idempotencyKey.',
  );
}

/** Files the draft, unless there is one, and looks at it. Until this is through, nothing can have left by this attempt. */
async function prepare(store: OutboxStore, mailbox: Mailbox, held: HeldEntry): Promise<ReadyDraft | undefined> {
  const { entry } = held;
  const { draftId, draftMessageId = '', attemptedMs } = entry.progress;
  const startHistoryId = entry.progress.startHistoryId ?? (await mailbox.getProfile()).historyId;
  const draft =
    draftId === undefined
      ? await makeDraft(store, mailbox, held, startHistoryId)
      : { draftId, draftMessageId, startHistoryId };
  if (draft === undefined) return undefined;
  if (await isReady(store, mailbox, entry, draft)) return draft;
  if (attemptedMs !== undefined) {
    // An attempt before this one may have sent it after all.
    store.advance(held.hold, 'doubt');
    return undefined;
  }
  if (!entry.isCallersDraft) store.note(held.hold, { draftId: undefined, startHistoryId: undefined });
  throw new AppError('NOT_FOUND', `There is no draft ${draft.draftId}; nothing was sent.`, {
    field: 'id',
    got: draft.draftId,
    hint: 'list_drafts shows ids; a draft that was sent is gone.',
  });
}

/** Does work that its caller cannot cut off: when it is cut off, nobody knows whether it was done. */
function undisturbed<T>(work: () => Promise<T>): Promise<T> {
  const { signal: _, deadlineMs = 0, ...context } = currentContext() ?? { requestId: '', transport: 'cli' as const };
  return runInContext({ ...context, deadlineMs: Math.max(deadlineMs, performance.now() + sendMs) }, work);
}

/**
 * Writes what came of a request. Where the disk fails, the entry stays `sending`, from which it is found out later; what
 * the caller is told is true all the same.
 */
function unlessBroken(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

/** A refusal that is final: our draft has no use any more. */
async function clearDraft(store: OutboxStore, mailbox: Mailbox, { hold, entry }: HeldEntry, draftId: string) {
  if (entry.isCallersDraft) return;
  try {
    await mailbox.deleteDraft(draftId);
  } catch {
    // It stays noted, so that another attempt sends this one or none.
    return;
  }
  store.note(hold, {
    draftId: undefined,
    draftMessageId: undefined,
    startHistoryId: undefined,
    attemptedMs: undefined,
  });
}

/**
 * Sends a held entry: draft first, then the draft, whose id the server honours once. Every step is on the disk before
 * the next begins, so that whoever finds the entry after a crash knows what can have happened.
 *
 * Throws what was refused (then nothing left, and the same key may be tried again), or `OUTCOME_UNKNOWN`.
 */
export async function deliver(
  store: OutboxStore,
  mailbox: Mailbox,
  held: HeldEntry,
  now: () => number,
): Promise<FiledMessage> {
  const { hold, entry } = held;
  let draft: ReadyDraft | undefined;
  try {
    draft = await prepare(store, mailbox, held);
  } catch (error) {
    const refusal = notSent(error);
    postponeOrFail(store, held, failureOf(refusal), now);
    throw refusal;
  }
  if (draft === undefined) throw outcomeUnknown(entry);
  const { draftId, startHistoryId } = draft;
  // When the hold was lost, another process has taken this one for dead, and decides now.
  if (!store.advance(hold, 'attempt', { startHistoryId, attemptedMs: now() })) throw outcomeUnknown(entry);

  let result: FiledMessage;
  try {
    result = await undisturbed(() => mailbox.sendDraft(draftId));
  } catch (error) {
    if (!isOpen(error) && error instanceof AppError) {
      const canBeRepeated = entry.key !== undefined || entry.progress.isPromised === true;
      if (!isPassing(error.code) || !canBeRepeated) await clearDraft(store, mailbox, held, draftId);
      postponeOrFail(store, held, failureOf(error), now);
      throw error;
    }
    const failure = { code: error instanceof AppError ? error.code : ('INTERNAL' as const), message: messageOf(error) };
    unlessBroken(() => store.advance(hold, 'doubt', { attemptedMs: now(), failure }));
    throw outcomeUnknown(entry, error);
  }
  unlessBroken(() => store.confirm(hold, result));
  return result;
}
