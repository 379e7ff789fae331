import * as z from 'zod';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import type { SendOutcome } from '../../safety/sending.ts';
import { isDryRun, type DryRun } from '../../safety/changes/dry-run.ts';
import type { Call } from '../kernel/call.ts';
import type { AnswerText } from '../kernel/answer-text.ts';
import { formatSize, noteIfLocal, oneLine } from '../kernel/render-text.ts';
import { fenceWithWarnings, threadWarning } from '../drafts/answer-draft.ts';

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
  outcome: (SendOutcome & Pick<MessageToSend, 'warnings'>) | DryRun,
  { delivery }: Pick<Call, 'delivery'>,
): SendAnswerView | DryRun {
  if (isDryRun(outcome)) return outcome;
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

function recipientLine(name: string, addresses: readonly string[]): readonly string[] {
  return addresses.length === 0 ? [] : [`${name}: ${oneLine(addresses.join(', '), 2000)}`];
}

/** Whom a message goes to, what it is called and what it carries, one line each. */
function sentLines({ to, cc, bcc, subject, attachments }: SendAnswerView): readonly string[] {
  const files = attachments.map(
    ({ filename, mimeType, sizeBytes }) =>
      `${oneLine(filename, 80)} (${oneLine(mimeType, 80)}, ${formatSize(sizeBytes)})`,
  );
  return [
    ...recipientLine('To', to),
    ...recipientLine('Cc', cc),
    ...recipientLine('Bcc', bcc),
    `Subject: ${oneLine(subject) || '(none)'}`,
    ...(files.length === 0 ? [] : [`Attached: ${oneLine(files.join('; '), 2000)}`]),
  ];
}

const localNote = 'This mailbox is local: the message reached accounts of this machine only.';

/** What became of a send, as lines of ours. */
function renderState({ state, outboxId, id, threadId, sendsAt, delivery }: SendAnswerView): readonly string[] {
  switch (state) {
    case 'sent':
      return [`Sent: message ${id}, thread ${threadId}.`, ...noteIfLocal(delivery, localNote)];
    case 'waiting':
      return [`Scheduled for ${sendsAt}; undo cancels it until then. Outbox entry ${outboxId}.`];
    case 'parked':
      return [
        'Not sent: waiting for approval by a person. Asking again does not help.',
        `Tell the user: \`gmail-llm outbox approve ${outboxId}\` sends it, \`gmail-llm outbox reject ${outboxId}\` drops it.`,
      ];
  }
}

/** What became of a send, for a model: plainly whether anything has left. */
export function renderSend(answer: SendAnswerView): AnswerText {
  return [...renderState(answer), ...fenceWithWarnings('message', sentLines(answer), answer.warnings)];
}
