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
