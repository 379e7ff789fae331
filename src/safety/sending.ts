import type { FiledMessage } from '../mail/mailbox.ts';
import type { MessageToSend } from '../store/outbox/message-to-send.ts';
import type { DryRun } from './changes/dry-run.ts';

/** What became of a send that was accepted. */
export type SendOutcome =
  | { readonly state: 'sent'; readonly outboxId: string; readonly message: FiledMessage }
  /** It leaves at `sendsAt` (ISO 8601) unless it is undone before. */
  | { readonly state: 'waiting'; readonly outboxId: string; readonly sendsAt: string }
  /** A person has to approve it: `gmail-llm outbox approve`. */
  | { readonly state: 'parked'; readonly outboxId: string; readonly contentHash: string };

/** The only way for an operation to have a message sent: once, as meant, where policy allows. */
export interface Sending {
  /**
   * Sends, parks or schedules a message. The same key (or call id) with the same content gives the first call's answer
   * again, with its warnings, over every server and across restarts. Throws `CONFLICT` for a key that was used for another message,
   * `FORBIDDEN` and `RATE_LIMITED` where policy refuses, `OUTCOME_UNKNOWN` when it may or may not have left: then the
   * outbox finds out by itself, and asking again under the same key tells. In a dry run nothing is sent.
   */
  send(
    message: MessageToSend,
    options: { readonly idempotencyKey?: string },
  ): Promise<(SendOutcome & { readonly warnings: readonly string[] }) | DryRun>;
  /**
   * The message of a draft that is gone because this very call, made before, has sent it; sending it again tells what
   * came of it. Throws `CONFLICT` where another call sent it.
   */
  sentDraft(draftId: string, options: { readonly idempotencyKey?: string }): Promise<MessageToSend | undefined>;
}
