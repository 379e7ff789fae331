import type { ParsedMail } from '../message.ts';
import { safeFilename } from '../mime/safe-filename.ts';
import { splitHeaders } from '../mime/split-headers.ts';
import type { FileToAttach } from './message-to-write.ts';
import { attachedFile, forwardedMessage, withMailLineBreaks } from './quote-message.ts';
import { forwardSubject } from './reply-subject.ts';
import { referencesTo } from './thread-headers.ts';
import { finishMessage, recipientsOf } from './finish-message.ts';
import type { MessageInput, WritingTime, WrittenMessage } from './message-input.ts';

/** A forward. A subject that is given stands in the place of the original's. */
export interface ForwardInput extends MessageInput {
  readonly original: ParsedMail;
  /** The original as it was received. */
  readonly raw: Uint8Array;
  readonly threadId: string;
  /** `inline` shows the original under the text, with its attachments; `attachment` attaches it whole. */
  readonly as: 'inline' | 'attachment';
}

/**
 * A message passed on to others: under the text, always in HTML too, or whole as an attachment, without its Bcc. Throws
 * as `writeMessage` does.
 */
export function writeForward(input: ForwardInput, time: WritingTime): WrittenMessage {
  const { original, raw, threadId } = input;
  const reader = { locale: time.locale, timeZone: time.timeZone, idSeed: time.boundary };
  const content =
    input.as === 'attachment'
      ? { files: [wholeMessage(original.subject, raw)] }
      : {
          quoted: forwardedMessage(original, reader),
          files: original.attachments.filter(({ isInline }) => !isInline).map(asAttachment),
        };
  return finishMessage({
    input,
    time,
    to: recipientsOf(input.to, 'to'),
    cc: recipientsOf(input.cc, 'cc'),
    subject: input.subject ?? forwardSubject(original.subject),
    references: referencesTo(original),
    threadId,
    ...content,
  });
}

/** Without its content id: nothing refers to it, and foreign ids may be of any form. */
function asAttachment(attachment: ParsedMail['attachments'][number]): FileToAttach {
  const { filename, mimeType, content } = attachedFile(attachment);
  return { filename, mimeType, content };
}

function wholeMessage(subject: string, raw: Uint8Array): FileToAttach {
  return {
    filename: `${safeFilename(subject === '' ? 'message' : subject)}.eml`,
    mimeType: 'message/rfc822',
    content: withMailLineBreaks(withoutBcc(raw)),
  };
}

/** One's own sent mail names in Bcc whom the others must not see. */
function withoutBcc(raw: Uint8Array): Uint8Array {
  const { bodyOffset } = splitHeaders(raw);
  const header = Buffer.from(raw.buffer, raw.byteOffset, bodyOffset).toString('latin1');
  const visible = header.replaceAll(/(?<![^\n])(?:resent-)?bcc[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*\n?/gi, '');
  return Buffer.concat([Buffer.from(visible, 'latin1'), raw.subarray(bodyOffset)]);
}
