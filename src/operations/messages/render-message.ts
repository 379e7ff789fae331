import type { Label } from '../../mail/message.ts';
import { clipText } from '../../mail/text/clip-text.ts';
import { foldQuotes } from '../../mail/text/fold-quotes.ts';
import type { MessageView } from './message-schemas.ts';
import type { Call } from '../kernel/operation.ts';
import { labelNames } from './render-list.ts';
import { fenceMail, formatMinute, formatSize, oneLine } from '../kernel/render-text.ts';

/** What a model is shown of one message or thread when it names no budget: about 5,000 tokens. */
const defaultChars = 20_000;

/** More addresses than this are counted, not listed. */
const listedRecipients = 10;

function recipients(header: string): string {
  const all = header.split(/, (?=[^@]*@)/);
  const shown = all
    .slice(0, listedRecipients)
    .map((one) => oneLine(one, 100))
    .join(', ');
  return all.length > listedRecipients ? `${shown} and ${all.length - listedRecipients} more` : shown;
}

function headerLines(message: MessageView, timeZone: string): readonly string[] {
  const attachments = message.attachments.map(
    (one) => `${one.attachment} ${oneLine(one.filename, 80)} (${one.mimeType}, ${formatSize(one.size)})`,
  );
  return [
    `From: ${oneLine(message.from, 120)}`,
    ...(message.replyTo === '' || message.replyTo === message.from
      ? []
      : [`Reply-To: ${oneLine(message.replyTo, 120)}`]),
    ...(message.to === '' ? [] : [`To: ${recipients(message.to)}`]),
    ...(message.cc === '' ? [] : [`Cc: ${recipients(message.cc)}`]),
    ...(message.bcc === '' ? [] : [`Bcc: ${recipients(message.bcc)}`]),
    `Date: ${formatMinute(Number(message.internalDate), timeZone)}`,
    ...(attachments.length === 0 ? [] : [`Attachments: ${attachments.join('; ')}`]),
  ];
}

function identity(message: MessageView, labels: readonly Label[]): string {
  const names = labelNames(message.labelIds, labels);
  return `id ${message.id}${names.length === 0 ? '' : ` [${names.join(', ')}]`}`;
}

function notes(message: MessageView, remaining: number): readonly string[] {
  return [
    ...(remaining > 0 ? [`${remaining} more characters: call again with a larger maxChars.`] : []),
    ...(message.problem === undefined ? [] : [`Only the header could be read: ${message.problem}`]),
    ...(message.hiddenChars === undefined
      ? []
      : [`${message.hiddenChars} characters hidden by the HTML were left out.`]),
  ];
}

function bodyLines(message: MessageView, body: string, budget: number): readonly string[] {
  const { text, remainingCharacters } = clipText(body, budget);
  return [
    ...(text === '' ? [] : [fenceMail(message.id, text)]),
    ...notes(message, remainingCharacters + (message.remainingChars ?? 0)),
  ];
}

/** One message for a model: its headers, then its body inside a fence. */
export async function renderMessage(
  message: MessageView,
  input: { readonly maxChars?: number | undefined },
  call: Call,
): Promise<string> {
  const labels = await call.mailbox.listLabels();
  return [
    `${identity(message, labels)} thread ${message.threadId}`,
    `Subject: ${oneLine(message.subject)}`,
    ...headerLines(message, call.timeZone),
    ...bodyLines(message, message.text ?? message.html ?? '', input.maxChars ?? defaultChars),
  ].join('\n');
}

/** A thread for a model, oldest first: each text once, what a reply quotes of the messages above it folded away. */
export async function renderThread(
  thread: { readonly id: string; readonly messages: readonly MessageView[] },
  input: { readonly maxChars?: number | undefined },
  call: Call,
): Promise<string> {
  const labels = await call.mailbox.listLabels();
  const bodies = foldQuotes(thread.messages.map((message) => message.text ?? ''));
  const total = bodies.reduce((sum, body) => sum + body.length, 0);
  const budget = input.maxChars ?? defaultChars;
  // Every message keeps its share of the budget, so that the last one, usually the one wanted, is never lost.
  const share = total <= budget ? total : Math.max(200, Math.floor(budget / thread.messages.length));
  const subject = oneLine(thread.messages[0]?.subject ?? '');
  const messages = thread.messages.map((message, index) =>
    [
      '',
      `${index + 1}. ${identity(message, labels)}`,
      ...headerLines(message, call.timeZone),
      ...bodyLines(message, bodies[index] ?? '', share),
    ].join('\n'),
  );
  return [`thread ${thread.id}: ${subject} (${thread.messages.length} messages)`, ...messages].join('\n');
}
