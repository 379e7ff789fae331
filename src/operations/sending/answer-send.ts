import * as z from 'zod';
import type { MessageToSend, SendOutcome } from '../../safety/sending.ts';
import type { Call } from '../kernel/operation.ts';
import { formatSize, noteIfLocal, oneLine } from '../kernel/render-text.ts';
import { renderWarnings, threadWarning } from '../drafts/answer-draft.ts';

/** What became of a send. */
export const sendAnswer = z
  .object({
    state: z
      .enum(['sent', 'waiting', 'parked'])
      .describe('sent; waiting until sendsAt, undo takes it back; parked until a person approves it.'),
    outboxId: z.string(),
    id: z.string().optional().describe('Of the message, once it is sent.'),
    threadId: z.string().optional(),
    labelIds: z.array(z.string()).readonly().optional(),
    sendsAt: z.iso.datetime().optional(),
    contentHash: z.string().describe('SHA-256 of what was asked: what a person approves.'),
    delivery: z.enum(['local', 'gmail']).describe('local: it reached accounts of this machine only.'),
    from: z.string(),
    to: z.array(z.string()).readonly(),
    cc: z.array(z.string()).readonly(),
    bcc: z.array(z.string()).readonly(),
    subject: z.string(),
    attachments: z
      .array(z.object({ filename: z.string(), mimeType: z.string(), sizeBytes: z.int() }).readonly())
      .readonly(),
    warnings: z.array(z.string()).readonly(),
  })
  .readonly()
  .meta({ id: 'SendAnswer' });

export type SendAnswerView = z.output<typeof sendAnswer>;

/** What a caller is told of a send. */
export function sendView(
  message: MessageToSend,
  outcome: SendOutcome & Pick<MessageToSend, 'warnings'>,
  { delivery }: Pick<Call, 'delivery'>,
): SendAnswerView {
  const { from, to, cc, bcc, subject, attachments, contentHash, threadId: wanted } = message;
  const { state, outboxId, warnings } = outcome;
  const facts = { state, outboxId, contentHash, delivery, from, to, cc, bcc, subject, attachments, warnings };
  switch (outcome.state) {
    case 'sent': {
      const { id, threadId, labelIds } = outcome.message;
      return { ...facts, id, threadId, labelIds, warnings: [...warnings, ...threadWarning(wanted, threadId)] };
    }
    case 'waiting':
      return { ...facts, sendsAt: outcome.sendsAt };
    case 'parked':
      return facts;
  }
}

/** Whom a message goes to, what it is called and what it carries, as one line. */
function renderRecipients(message: Pick<SendAnswerView, 'to' | 'cc' | 'bcc' | 'subject' | 'attachments'>): string {
  const { to, cc, bcc, subject, attachments } = message;
  const lists = [
    ...(to.length === 0 ? [] : [`to ${to.join(', ')}`]),
    ...(cc.length === 0 ? [] : [`cc ${cc.join(', ')}`]),
    ...(bcc.length === 0 ? [] : [`bcc ${bcc.join(', ')}`]),
  ].join('; ');
  const files = attachments.map(
    ({ filename, mimeType, sizeBytes }) => `${oneLine(filename, 80)} (${mimeType}, ${formatSize(sizeBytes)})`,
  );
  return `${lists}: ${oneLine(subject) || '(no subject)'}${files.length === 0 ? '' : `, with ${files.join(', ')}`}`;
}

const localNote = 'This mailbox is local: it reached the accounts of this machine among them, nobody else.';

/** What became of a send, for a model: plainly whether anything has left. */
export function renderSend(answer: SendAnswerView): string {
  const { state, outboxId, id, threadId, sendsAt, delivery, warnings } = answer;
  const recipients = renderRecipients(answer);
  const notes = renderWarnings(warnings);
  switch (state) {
    case 'sent':
      return `Sent ${recipients}\nmessage ${id} thread ${threadId}${noteIfLocal(delivery, localNote)}${notes}`;
    case 'waiting':
      return `Leaves at ${sendsAt} ${recipients}\nUntil then undo takes it back. Outbox entry ${outboxId}.${notes}`;
    case 'parked':
      return [
        `NOT SENT: a person has to approve it ${recipients}`,
        `Tell the user: \`gmail-llm outbox approve ${outboxId}\` sends it, \`gmail-llm outbox reject ${outboxId}\` drops it.`,
        `Nothing has left, and asking again does not help.${notes}`,
      ].join('\n');
  }
}
