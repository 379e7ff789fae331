import { currentContext, runInContext } from '../../core/context.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { FiledMessage, Mailbox } from '../../mail/mailbox.ts';
import type { RawMessage } from '../../mail/message.ts';
import { undefinedIfNotFound } from '../../core/undefined-if-not-found.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { HeldEntry, OutboxStore } from '../../store/outbox/outbox-store.ts';
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
  readonly startHistoryId: string;
}

/** A draft of the outbox's own. Undefined when the hold was lost meanwhile. */
async function fileDraft(store: OutboxStore, mailbox: Mailbox, { hold, entry }: HeldEntry) {
  const raw = await store.raw(entry.id);
  if (raw === undefined) throw new Error(`the outbox has no message for ${entry.id}`);
  const { threadId } = entry;
  const draft = await mailbox.fileDraft({ raw, ...(threadId === undefined ? {} : { threadId }) });
  const filed = { draftId: draft.id, draftMessageId: draft.messageId };
  // From here on nobody else can change it.
  if (await store.note(hold, filed)) return filed;
  // Whoever works on the entry now makes a draft of its own. What is left behind is a draft, which its owner can see.
  await mailbox.deleteDraft(draft.id).catch(() => {});
  return undefined;
}

/** The draft, if it is there, as it would be sent. Throws `CONFLICT` where it is not what was checked. */
async function readBack(
  store: OutboxStore,
  mailbox: Mailbox,
  entry: OutboxEntry,
  { draftId, draftMessageId }: { readonly draftId: string; readonly draftMessageId: string | undefined },
): Promise<RawMessage | undefined> {
  const found = await undefinedIfNotFound(mailbox.getDraft(draftId));
  if (found === undefined) return undefined;
  const isSame = entry.isCallersDraft
    ? Buffer.from(found.message.raw).equals((await store.raw(entry.id)) ?? new Uint8Array())
    : found.message.summary.id === draftMessageId;
  if (isSame) return found.message;
  throw conflict(
    `The draft ${draftId} was changed after it was checked; nothing was sent.`,
    entry.isCallersDraft
      ? 'Read it again, then send it with another idempotencyKey.'
      : 'Send or delete that draft by hand, or send the message with another idempotencyKey.',
  );
}

/** Files the draft, unless there is one, and reads it back. Until this is through, nothing can have left by this attempt. */
async function prepare(store: OutboxStore, mailbox: Mailbox, held: HeldEntry): Promise<ReadyDraft | undefined> {
  const { entry } = held;
  const { draftId: knownId, draftMessageId, attemptedMs } = entry.progress;
  const draft = knownId === undefined ? await fileDraft(store, mailbox, held) : { draftId: knownId, draftMessageId };
  if (draft === undefined) return undefined;
  const { draftId } = draft;
  const message = await readBack(store, mailbox, entry, draft);
  if (message !== undefined) {
    // The history from our own draft on has what becomes of it; that of a caller's may be too old to be kept.
    const known = entry.progress.startHistoryId;
    const reached = entry.isCallersDraft && known === undefined ? await mailbox.getProfile() : message.summary;
    return { draftId, startHistoryId: known ?? reached.historyId };
  }
  if (attemptedMs !== undefined) {
    // An attempt before this one may have sent it after all.
    await store.advance(held.hold, 'markUnknown');
    return undefined;
  }
  if (!entry.isCallersDraft) await store.note(held.hold, { draftId: undefined, startHistoryId: undefined });
  throw new AppError('NOT_FOUND', `There is no draft ${draftId}; nothing was sent.`, {
    field: 'id',
    got: draftId,
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
async function unlessBroken(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
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
  await store.note(hold, {
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
    await postponeOrFail(store, held, failureOf(refusal), now);
    throw refusal;
  }
  if (draft === undefined) throw outcomeUnknown(entry);
  const { draftId, startHistoryId } = draft;
  // When the hold was lost, another process has taken this one for dead, and decides now.
  if (!(await store.advance(hold, 'attempt', { startHistoryId, attemptedMs: now() }))) throw outcomeUnknown(entry);

  let result: FiledMessage;
  try {
    result = await undisturbed(() => mailbox.sendDraft(draftId));
  } catch (error) {
    if (!isOpen(error) && error instanceof AppError) {
      const canBeRepeated = entry.key !== undefined || entry.progress.isPromised === true;
      if (!isPassing(error.code) || !canBeRepeated) await clearDraft(store, mailbox, held, draftId);
      await postponeOrFail(store, held, failureOf(error), now);
      throw error;
    }
    const failure = { code: error instanceof AppError ? error.code : ('INTERNAL' as const), message: messageOf(error) };
    await unlessBroken(() => store.advance(hold, 'markUnknown', { attemptedMs: now(), failure }));
    throw outcomeUnknown(entry, error);
  }
  await unlessBroken(() => store.confirm(hold, result));
  return result;
}
