import type { Label } from '../../mail/message.ts';
import { clipText } from '../../mail/text/clip-text.ts';
import { foldQuotes } from '../../mail/text/fold-quotes.ts';
import type { MessageView } from './message-schemas.ts';
import type { Call } from '../kernel/call.ts';
import type { AnswerText } from '../kernel/answer-text.ts';
import { countOf, formatMinute, formatSize, oneLine } from '../kernel/render-text.ts';
import { systemNames, userNames } from './label-names.ts';

/** What a model is shown of one message or thread when it names no budget: about 5,000 tokens. */
const defaultChars = 20_000;

/** More addresses than this are counted, not listed. */
const listedRecipients = 10;

/** More attachments than this are counted, not listed. */
const listedAttachments = 20;

/** How much of a header with addresses is looked at: ten of the longest that SMTP delivers. */
const readCharacters = 10_000;

function recipients(header: string): string {
  const all = header.slice(0, readCharacters).split(/, (?=[^@,]{0,200}@)/);
  const shown = all
    .slice(0, listedRecipients)
    .map((one) => oneLine(one, 100))
    .join(', ');
  if (header.length > readCharacters) return `${shown} and more`;
  return all.length > listedRecipients ? `${shown} and ${all.length - listedRecipients} more` : shown;
}

function attachmentLine({ attachments }: MessageView): readonly string[] {
  if (attachments.length === 0) return [];
  const shown = attachments
    .slice(0, listedAttachments)
    .map(
      (one) => `${one.attachment} ${oneLine(one.filename, 80)} (${oneLine(one.mimeType, 80)}, ${formatSize(one.size)})`,
    );
  const more = attachments.length - shown.length;
  return [`Attached: ${shown.join('; ')}${more > 0 ? `; and ${more} more, up to a${attachments.length}` : ''}`];
}

/** What others wrote around the text of a message. */
function headerLines(message: MessageView, labels: readonly Label[], subject: string): readonly string[] {
  const names = userNames(message.labelIds, labels).map((name) => oneLine(name, 80));
  return [
    ...(subject === '' ? [] : [`Subject: ${oneLine(subject)}`]),
    `From: ${oneLine(message.from, 120)}`,
    ...(message.replyTo === '' || message.replyTo === message.from
      ? []
      : [`Reply-To: ${oneLine(message.replyTo, 120)}`]),
    ...(message.to === '' ? [] : [`To: ${recipients(message.to)}`]),
    ...(message.cc === '' ? [] : [`Cc: ${recipients(message.cc)}`]),
    ...(message.bcc === '' ? [] : [`Bcc: ${recipients(message.bcc)}`]),
    ...(names.length === 0 ? [] : [`Labels: ${names.join(', ')}`]),
    ...attachmentLine(message),
  ];
}

/** What the server knows of a message: nothing that somebody else can have written. */
function factLine(message: MessageView, labels: readonly Label[], timeZone: string): string {
  const names = systemNames(message.labelIds, labels);
  const date = formatMinute(Number(message.internalDate), timeZone);
  return `${message.id} ${date}${names.length === 0 ? '' : ` ${names.join(', ')}`}`;
}

function notes(message: MessageView, remaining: number): readonly string[] {
  return [
    ...(remaining > 0 ? [`${countOf(remaining, 'more character')}: call again with a larger maxChars.`] : []),
    ...(message.problem === undefined ? [] : ['Only the header could be read.']),
    ...(message.hiddenChars === undefined ? [] : [`${countOf(message.hiddenChars, 'hidden character')} left out.`]),
  ];
}

/** A message as one section of a fence: its header, an empty line, its text. */
function sectionText(header: readonly string[], { problem }: MessageView, text: string): string {
  const reason = problem === undefined ? [] : [`(${oneLine(problem, 300)})`];
  return [...header, ...reason, ...(text === '' ? [] : ['', text])].join('\n');
}

/** One message for a model: what the server knows of it, then in a fence what others wrote. */
export async function renderMessage(
  message: MessageView,
  input: { readonly maxChars?: number | undefined },
  call: Call,
): Promise<AnswerText> {
  const labels = await call.mailbox.listLabels();
  const body = message.text ?? message.html ?? '';
  const { text, remainingCharacters } = clipText(body, input.maxChars ?? defaultChars);
  return [
    `id ${factLine(message, labels, call.timeZone)}, thread ${message.threadId}`,
    {
      sections: [
        {
          title: 'mail',
          text: sectionText(headerLines(message, labels, message.subject || '(no subject)'), message, text),
        },
      ],
    },
    ...notes(message, remainingCharacters + (message.remainingChars ?? 0)),
  ];
}

/** A thread for a model, oldest first: each text once, what a reply quotes of the messages above it folded away. */
export async function renderThread(
  thread: { readonly id: string; readonly messages: readonly MessageView[] },
  input: { readonly maxChars?: number | undefined },
  call: Call,
): Promise<AnswerText> {
  const labels = await call.mailbox.listLabels();
  const { messages } = thread;
  const bodies = foldQuotes(messages.map((message) => message.text ?? ''));
  const total = bodies.reduce((sum, body) => sum + body.length, 0);
  const budget = input.maxChars ?? defaultChars;
  // Every message keeps its share of the budget, so that the last one, usually the one wanted, is never lost.
  const share = total <= budget ? total : Math.max(200, Math.floor(budget / messages.length));
  const clipped = messages.map((_, index) => clipText(bodies[index] ?? '', share));
  const facts = messages.map((message, index) => {
    const noted = notes(message, (clipped[index]?.remainingCharacters ?? 0) + (message.remainingChars ?? 0));
    return [`${index + 1} ${factLine(message, labels, call.timeZone)}`, ...noted].join(' | ');
  });
  const sections = messages.map((message, index) => ({
    title: `${index === 0 ? 'mail, ' : ''}${index + 1} of ${messages.length}`,
    text: sectionText(
      headerLines(message, labels, index === 0 ? message.subject : ''),
      message,
      clipped[index]?.text ?? '',
    ),
  }));
  return [[`thread ${thread.id}: ${countOf(messages.length, 'message')}`, ...facts].join('\n'), { sections }];
}
