import type { Mailbox } from '../../mail/mailbox.ts';
import type { DryRun } from '../../safety/changes/dry-run.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import type { Sending } from '../../safety/sending.ts';
import { sendView, type SendAnswerView } from './answer-send.ts';
import { parseOutgoing, previewOf, requireClearRecipients } from './preview-message.ts';
import { sendWarnings } from './send-warnings.ts';
import type { WritingCall } from './write-mail.ts';

/** A message whose bytes are final. */
export interface FinalMessage {
  readonly raw: Uint8Array;
  readonly threadId?: string;
  readonly draftId?: string;
  readonly contentHash: string;
  readonly warnings: readonly string[];
}

/**
 * Has a message sent. Its recipients, text and attachments are read from its bytes, so that policy and people see what
 * leaves. Throws as `Sending.send`.
 */
export async function sendMail(
  message: FinalMessage,
  call: WritingCall & { readonly sending: Sending; readonly delivery: Mailbox['delivery'] },
  idempotencyKey: string | undefined,
): Promise<SendAnswerView | DryRun> {
  const parsed = await parseOutgoing(message.raw, call.signal);
  requireClearRecipients(parsed);
  const preview = previewOf(parsed);
  const found = await sendWarnings(call, preview);
  const toSend: MessageToSend = { ...message, ...preview, warnings: [...new Set([...message.warnings, ...found])] };
  const outcome = await call.sending.send(toSend, idempotencyKey === undefined ? {} : { idempotencyKey });
  return sendView(toSend, outcome, call);
}
