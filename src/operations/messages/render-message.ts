import type { Label } from '../../mail/message.ts';
import { clipBody, type BodyBudget } from './clip-bodies.ts';
import type { MessageView } from './message-schemas.ts';
import type { Call } from '../kernel/call.ts';
import type { AnswerText, Fenced } from '../kernel/answer-text.ts';
import { formatMinute, formatSize, oneLine } from '../kernel/render-text.ts';
import { systemNames, userNames } from './label-names.ts';
import { bodyNotes, defaultChars, moreNote, sectionText, shownText } from './render-body.ts';

/** More addresses than this are counted, not listed. */
const listedRecipients = 10;

/** More attachments than this are counted, not listed. */
const listedAttachments = 20;

/** More links than this are not listed, and of a longer one the beginning. */
const listedLinks = 100;
const maxLinkCharacters = 500;

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

export function attachmentLine({ attachments, attachmentsTotal = attachments.length }: MessageView): readonly string[] {
  if (attachments.length === 0) return [];
  const shown = attachments
    .slice(0, listedAttachments)
    .map(
      (one) => `${one.attachment} ${oneLine(one.filename, 80)} (${oneLine(one.mimeType, 80)}, ${formatSize(one.size)})`,
    );
  const more = attachmentsTotal - shown.length;
  return [`Attached: ${shown.join('; ')}${more > 0 ? `; and ${more} more, up to a${attachmentsTotal}` : ''}`];
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

/** One message for a model: what the server knows of it, then in a fence what others wrote. */
export async function renderMessage(whole: MessageView, input: BodyBudget, call: Call): Promise<AnswerText> {
  const labels = await call.mailbox.listLabels();
  const message = withinDefault(whole, input);
  const header = headerLines(message, labels, message.subject || '(no subject)');
  const text = sectionText(header, message, shownText(message, input.history), call.timeZone);
  return [
    [
      `id ${factLine(message, labels, call.timeZone)}, thread ${message.threadId}`,
      ...bodyNotes(message, input.history, call.timeZone),
    ].join('\n'),
    { sections: [{ title: 'mail', text }, ...extraSections(message)] },
    ...moreNote(message.remainingChars, message.nextOffset),
  ];
}

/** What was asked for besides the text: targets of links, text that nobody sees. */
function extraSections({ links, hiddenText }: MessageView): Fenced['sections'] {
  const targets = links
    ?.slice(0, listedLinks)
    .map(({ number, url }) => `[${number}] ${oneLine(url, maxLinkCharacters)}`);
  const more = (links?.length ?? 0) - listedLinks;
  return [
    ...(targets === undefined
      ? []
      : [{ title: more > 0 ? `links, ${more} more not listed` : 'links', text: targets.join('\n') || '(none)' }]),
    ...(hiddenText === undefined
      ? []
      : [{ title: 'hidden text, which nobody sees', text: hiddenText.slice(0, defaultChars) || '(none)' }]),
  ];
}

/** The message within the budget of a caller who names none; within theirs it is already. */
function withinDefault(message: MessageView, { maxChars, offset, history }: BodyBudget): MessageView {
  if (maxChars !== undefined) return message;
  const { nextOffset, ...clipped } = clipBody(message, { maxChars: defaultChars, offset: 0, history });
  return nextOffset === undefined ? clipped : { ...clipped, nextOffset: nextOffset + offset };
}
