import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { MessageSummary, ParsedMail, ReadableMessage } from '../../mail/message.ts';
import { beginningOf } from '../../mail/text/beginning-of.ts';
import { withLightBody } from '../../parser/body-text-within.ts';
import type { ParsedOrHeaders } from '../../parser/parse-or-headers.ts';
import { ofField } from '../kernel/of-field.ts';
import { parseRaw } from '../messages/message-view.ts';

/** How long a heavy body may take to be read before nothing of it is quoted. */
const readWithinMs = 800;

/** Of a text, an answer quotes so much: nobody reads on, and each reader gets it again. */
const quotedCharacters = 32_000;
const quotedLines = 4000;

/** A message that is answered or passed on. */
export interface Original {
  readonly summary: MessageSummary;
  readonly parsed: ParsedMail;
  /** Why only its header could be read. */
  readonly problem?: string;
}

function refuseDraft({ id, labelIds }: MessageSummary, field: string): void {
  if (!labelIds.includes('DRAFT')) return;
  throw new AppError('INVALID_INPUT', 'That message is a draft: nobody has sent it.', {
    field,
    expected: 'a message that was sent or received',
    got: id,
  });
}

function showsPictures({ content }: ReadableMessage): boolean {
  return content.html !== undefined && content.attachments.some(({ isInline }) => isInline);
}

/** The message as it was received, with its bytes. Throws `NOT_FOUND`, `INVALID_INPUT` for a draft. */
export async function readForForward(
  mailbox: MailboxReader,
  id: string,
  signal: AbortSignal,
): Promise<Original & { readonly raw: Uint8Array }> {
  const { summary, raw } = await ofField('forward', mailbox.getRawMessage(id));
  refuseDraft(summary, 'forward');
  return { summary, raw, ...(await light(await parseRaw(raw, signal), signal)) };
}

/** Quoting reads the body in the server: of one that takes too long for that, the text is quoted. */
async function light(original: ParsedOrHeaders, signal: AbortSignal): Promise<ParsedOrHeaders> {
  const time = currentContext()?.readingTime;
  return { ...original, parsed: await withLightBody(original.parsed, { deadlineMs: readWithinMs, signal, time }) };
}

function quoted(original: ParsedOrHeaders): ParsedOrHeaders {
  const { text } = original.parsed;
  if (text === undefined) return original;
  return { ...original, parsed: { ...original.parsed, text: beginningOf(text, quotedCharacters, quotedLines) } };
}

/**
 * The message as an answer quotes it; its bytes are fetched only where the quote shows pictures of it, or where only they
 * tell for certain whom an answer goes to. Throws `NOT_FOUND`, `INVALID_INPUT` for a draft.
 */
export async function readForReply(
  mailbox: MailboxReader,
  id: string,
  format: 'markdown' | 'text',
  signal: AbortSignal,
): Promise<Original> {
  const message = await ofField('replyTo', mailbox.getMessage(id));
  refuseDraft(message.summary, 'replyTo');
  if (message.hasDoubtfulAddresses === true || (format === 'markdown' && showsPictures(message))) {
    const { summary, raw } = await mailbox.getRawMessage(id);
    return { summary, ...quoted(await light(await parseRaw(raw, signal), signal)) };
  }
  const { summary, content, problem } = message;
  const parsed = { ...content, attachments: [] };
  return { summary, ...quoted(await light({ parsed, ...(problem === undefined ? {} : { problem }) }, signal)) };
}
