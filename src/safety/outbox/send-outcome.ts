import { AppError } from '../../core/errors.ts';
import type { SendOutcome } from '../sending.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';

/** What a caller is told while nobody knows whether the message left. */
export function outcomeUnknown(entry: Pick<OutboxEntry, 'id' | 'key'>, cause?: unknown): AppError {
  const again =
    entry.key === undefined ? '' : ' Asking again with the same idempotencyKey tells, and never sends twice.';
  return new AppError(
    'OUTCOME_UNKNOWN',
    `The message may or may not have been sent. Do not send it again: the outbox finds out by itself (entry ${entry.id}).`,
    { hint: `Look with \`gmail-llm outbox show ${entry.id}\`, or search in:sent.${again}` },
    cause,
  );
}

/** What is kept of an error with an entry. */
export function failureOf(error: AppError) {
  const { retryAt } = error.details;
  return { code: error.code, message: error.message, ...(retryAt === undefined ? {} : { retryAt }) };
}

function rejectedText(reason: string | undefined): string {
  return `A person looked at this message and rejected it${reason === undefined ? '' : `: ${reason}`}.`;
}

/** The answer of an entry that nobody works on; throws for one that failed, was refused or taken back, or is open. */
export function outcomeOf(entry: OutboxEntry): SendOutcome {
  const { id, state, progress, contentHash, sendsAtMs } = entry;
  switch (state) {
    case 'sent':
      if (progress.result === undefined) throw new Error(`the outbox entry ${id} was sent without a result`);
      return { state: 'sent', outboxId: id, message: progress.result };
    case 'waiting':
      return { state: 'waiting', outboxId: id, sendsAt: new Date(sendsAtMs).toISOString() };
    case 'parked':
      return { state: 'parked', outboxId: id, contentHash };
    case 'rejected':
      throw new AppError('FORBIDDEN', rejectedText(progress.reason), {
        hint: 'Ask them what should be different; a changed message needs another idempotencyKey.',
      });
    case 'cancelled':
      throw new AppError('CONFLICT', 'This message was taken back before it left.', {
        hint: 'With another idempotencyKey it is a new message.',
      });
    case 'failed': {
      const { code = 'UNAVAILABLE', message = 'It was interrupted.', retryAt } = progress.failure ?? {};
      throw new AppError(code, `The message was not sent: ${message}`, {
        ...(retryAt === undefined ? {} : { retryAt }),
        hint: 'Nothing has left. Ask again with the same idempotencyKey once the cause is gone.',
      });
    }
    case 'drafting':
    case 'sending':
    case 'unknown':
      throw outcomeUnknown(entry);
  }
}
