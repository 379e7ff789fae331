import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { LinkList, type LinkTarget } from '../../mail/blocks/link-list.ts';
import { shortenArmor } from '../../mail/kinds/shorten-armor.ts';
import { printableText } from '../../mail/text/printable-text.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import type { Attachment, AttachmentFacts, MailContent, ReadableMessage } from '../../mail/message.ts';
import { bodyTextWithin } from '../../parser/body-text-within.ts';
import { parseOrHeaders, type ParsedOrHeaders } from '../../parser/parse-or-headers.ts';
import { TaskTime } from '../../core/task-time.ts';
import { shortAddresses, shortFiles, shortSummary } from './listed-summary.ts';
import type { MessageView } from './message-schemas.ts';

/** How long one message may take to be parsed before only its header is shown; ordinary mail takes about a millisecond. */
const parseDeadlineMs = 10_000;

/**
 * Processor time that the bodies of one call have together before nothing of the others is shown; ordinary mail takes a
 * few milliseconds each.
 */
const bodiesWithinMs = 800;

/** Processor time for the bodies of one call. */
export function readingTime(): TaskTime {
  return new TaskTime(bodiesWithinMs, currentContext()?.readingTime);
}

/** Parses a message as far as it can be read. */
export function parseRaw(raw: Uint8Array, signal: AbortSignal): Promise<ParsedOrHeaders> {
  return parseOrHeaders(raw, { deadlineMs: parseDeadlineMs, signal, time: currentContext()?.readingTime });
}

function attachmentInfo(attachment: AttachmentFacts, index: number): MessageView['attachments'][number] {
  return {
    attachment: `a${index + 1}`,
    filename: attachment.filename,
    mimeType: attachment.mimeType,
    size: attachment.sizeBytes,
    isInline: attachment.isInline,
  };
}

/** How a caller wants to see a message. */
export interface ViewOptions {
  /** `text` is what a person sees, `plain` the plain text part, `html` the HTML as it was sent. */
  readonly body: 'text' | 'plain' | 'html' | 'none';
  /** Whether the targets of links are listed. */
  readonly links?: boolean;
  /** Whether text that nobody sees is shown apart. */
  readonly hidden?: boolean;
}

/** Of the call that a message is read for. */
export interface ReadingLimits {
  readonly signal: AbortSignal;
  readonly time: TaskTime;
}

/** More links than this are not listed, and of a longer address only the beginning: both are of no use to anybody. */
const maxLinks = 1000;
const maxAddressCharacters = 2000;

async function bodyOf(
  content: MailContent,
  { body, links, hidden }: ViewOptions,
  limits: ReadingLimits,
): Promise<Partial<MessageView>> {
  if (body === 'none') return {};
  if (body === 'html') return { html: content.html ?? '' };
  const list = new LinkList();
  const { text: plain = '' } = content;
  const read = body === 'plain' ? { text: plain } : content;
  const { text: written, ...facts } = await bodyTextWithin(read, { deadlineMs: bodiesWithinMs, ...limits }, list);
  const { text } = shortenArmor(printableText(written));
  const targets = list.targets.slice(0, maxLinks);
  return {
    text,
    ownText: text,
    ...(targets.length === 0 ? {} : { linkHosts: targets.map(({ number, host }) => ({ number, host })) }),
    ...(links === true
      ? { links: targets.map((link) => ({ ...link, url: link.url.slice(0, maxAddressCharacters) })) }
      : {}),
    ...(facts.hiddenCharacters > 0 ? { hiddenChars: facts.hiddenCharacters } : {}),
    ...(hidden === true ? { hiddenText: facts.hiddenText } : {}),
    ...(facts.isPlainDifferent ? { plainDiffers: true } : {}),
    ...notesOf(facts.notes, targets),
  };
}

function notesOf(notes: readonly string[], targets: readonly LinkTarget[]): Pick<MessageView, 'notes'> {
  const misleading = targets.filter(({ isMisleading }) => isMisleading).map(({ number }) => number);
  const all = [
    ...notes,
    ...(misleading.length === 0
      ? []
      : [`Links that name another host than they lead to: ${misleading.slice(0, 20).join(', ')}.`]),
  ];
  return all.length === 0 ? {} : { notes: all };
}

/** A message as it is read: its summary, the headers a reply needs, its whole body and its attachments' handles. */
export async function viewMessage(
  { summary, content, problem }: ReadableMessage,
  options: ViewOptions,
  limits: ReadingLimits,
): Promise<MessageView> {
  const { named, ...total } = shortFiles(content.attachments);
  return {
    ...shortSummary(summary),
    replyTo: shortAddresses(formatAddresses(content.replyTo)),
    messageId: content.messageId,
    references: content.references,
    ...(await bodyOf(content, options, limits)),
    attachments: named.map(attachmentInfo),
    ...total,
    ...(problem === undefined ? {} : { problem }),
  };
}

/**
 * The attachment that a handle (`a1`, `a2`, …) names. Handles count a message's attachments in its own order,
 * so they never change. Throws `NOT_FOUND` with the handles there are, `UNSUPPORTED` for a message that is too broken.
 */
export function attachmentByHandle({ parsed, problem }: ParsedOrHeaders, handle: string): Attachment {
  if (problem !== undefined) {
    throw new AppError('UNSUPPORTED', `The attachments of this message cannot be read: ${problem}`, {
      hint: 'The message itself can be had as it is: GET /api/messages/{id}/raw.',
    });
  }
  const attachment = parsed.attachments[Number(handle.slice(1)) - 1];
  if (attachment !== undefined) return attachment;
  const count = parsed.attachments.length;
  throw new AppError('NOT_FOUND', `The message has no attachment ${handle}.`, {
    field: 'attachment',
    expected: count === 0 ? 'nothing: it has no attachments' : count === 1 ? 'a1' : `a1 to a${count}`,
    got: handle,
  });
}
