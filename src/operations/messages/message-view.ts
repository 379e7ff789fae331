import { AppError } from '../../core/errors.ts';
import { bodyText } from '../../mail/text/body-text.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import type { Attachment, AttachmentFacts, MailContent, ReadableMessage } from '../../mail/message.ts';
import { parseOrHeaders, type ParsedOrHeaders } from '../../mail/mime/parse-or-headers.ts';
import type { MessageView } from './message-schemas.ts';

/** How long one message may take to be parsed before only its header is shown; ordinary mail takes about a millisecond. */
const parseDeadlineMs = 10_000;

/** Parses a message as far as it can be read. */
export function parseRaw(raw: Uint8Array, signal: AbortSignal): Promise<ParsedOrHeaders> {
  return parseOrHeaders(raw, { deadlineMs: parseDeadlineMs, signal });
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

function bodyOf(content: MailContent, body: 'text' | 'html' | 'none'): Partial<MessageView> {
  if (body === 'none') return {};
  if (body === 'html') return { html: content.html ?? '' };
  const { text, hiddenCharacters } = bodyText(content);
  return { text, ownText: text, ...(hiddenCharacters > 0 ? { hiddenChars: hiddenCharacters } : {}) };
}

/** A message as it is read: its summary, the headers a reply needs, its whole body and its attachments' handles. */
export function viewMessage(
  { summary, content, problem }: ReadableMessage,
  body: 'text' | 'html' | 'none',
): MessageView {
  return {
    ...summary,
    replyTo: formatAddresses(content.replyTo),
    messageId: content.messageId,
    references: content.references,
    ...bodyOf(content, body),
    attachments: content.attachments.map(attachmentInfo),
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
