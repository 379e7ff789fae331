import type { Transport } from '../core/context.ts';
import type { FiledMessage } from '../mail/mailbox.ts';
import type { DryRun } from './changes/dry-run.ts';

/** Who asks for a change and through what; from the call's context, so that no operation can forget it. */
export interface Actor {
  readonly transport: Transport;
  readonly requestId: string;
  /** Name of the token that was shown; undefined where none is asked for. */
  readonly tokenName?: string | undefined;
  /** What the client calls this call (an MCP session with a JSON-RPC id): a repeated call has the same. */
  readonly callId?: string | undefined;
}

/** An attachment as a person who approves a send has to see it. */
interface AttachmentPreview {
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
}

/** A message about to be sent, in the forms that policy, approval and outbox need. */
export interface MessageToSend {
  /** As it will leave. */
  readonly raw: Uint8Array;
  readonly threadId?: string;
  /** The draft that is sent; without it the outbox makes one. */
  readonly draftId?: string;
  readonly from: string;
  /** Addresses alone, in lower case. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  /** What a reader will see of the body. */
  readonly text: string;
  readonly attachments: readonly AttachmentPreview[];
  /** What a person should know before approving: a new recipient, a reply that goes to a list, … */
  readonly warnings: readonly string[];
  /** SHA-256 (hex) of everything that was asked, but for what differs at every writing (date, message id, boundaries). */
  readonly contentHash: string;
}

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
  sentDraft(draftId: string, options: { readonly idempotencyKey?: string }): MessageToSend | undefined;
}
