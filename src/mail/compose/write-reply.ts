import { baseSubject } from '../text/base-subject.ts';
import type { ParsedMail } from '../message.ts';
import type { QuotedMessage } from './quote-message.ts';
import { quoteMessage } from './quote-message.ts';
import { replyRecipients } from './reply-recipients.ts';
import { replySubject } from './reply-subject.ts';
import { isMessageId } from './header-text.ts';
import { referencesTo } from './thread-headers.ts';
import { finishMessage, recipientsOf } from './finish-message.ts';
import type { MessageInput, WritingTime, WrittenMessage } from './message-input.ts';

/** An answer. Recipients and subject that are given stand in the place of those that follow from the original. */
export interface ReplyInput extends MessageInput {
  readonly original: ParsedMail;
  readonly threadId: string;
  /** To everybody who got the original, not only to who wrote it. */
  readonly all: boolean;
  /** Every address of the account, aliases included: they get no copy. */
  readonly ownAddresses: readonly string[];
}

/**
 * An answer to a message: to its author or to all, in its thread, with what its reader saw quoted below. Throws as
 * `writeMessage` does.
 */
export function writeReply(input: ReplyInput, time: WritingTime): WrittenMessage {
  const { original, threadId } = input;
  const recipients = replyRecipients(original, input);
  const references = referencesTo(original);
  const subject = input.subject ?? replySubject(original.subject);
  const hasId = isMessageId(original.messageId);
  return finishMessage({
    input,
    time,
    to: input.to === undefined ? recipients.to : recipientsOf(input.to, 'to'),
    cc: input.cc === undefined ? recipients.cc : recipientsOf(input.cc, 'cc'),
    subject,
    quoted: quoteFor(input, time),
    ...(hasId ? { inReplyTo: original.messageId } : {}),
    references,
    threadId,
    warnings: [
      ...(input.to === undefined ? recipients.warnings : []),
      ...(hasId ? [] : ['The original has no message id: the answer may begin a thread of its own.']),
      ...(baseSubject(subject) === baseSubject(original.subject)
        ? []
        : ['The subject differs from that of the thread: the answer begins a thread of its own.']),
    ],
  });
}

/** A plain answer has no HTML, and so no pictures. */
function quoteFor({ original, format }: ReplyInput, { locale, timeZone, boundary }: WritingTime): QuotedMessage {
  const quoted = quoteMessage(original, { locale, timeZone, idSeed: boundary });
  return format === 'text' ? { ...quoted, html: '', files: [] } : quoted;
}
