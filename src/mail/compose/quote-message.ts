import { bodyText } from '../text/body-text.ts';
import { formatAddresses } from '../mime/format-address.ts';
import type { Attachment, ParsedMail } from '../message.ts';
import { isMediaType } from './attachment-part.ts';
import { escapeHtml, textToHtml } from '../html/escape-html.ts';
import { asHeaderText } from './header-text.ts';
import type { FileToAttach } from './message-to-write.ts';
import { replyWords, writtenDate } from './reply-words.ts';
import { visibleHtml } from './visible-html.ts';

/** In which language and by which clock a quote says when and by whom it was written. */
export interface Reader {
  /** BCP 47, such as `de-AT`. */
  readonly locale: string;
  /** IANA, such as `Europe/Vienna`. */
  readonly timeZone: string;
  /** Letters and digits that begin the content ids of quoted pictures. */
  readonly idSeed: string;
}

/** A message inside of another, in both forms, with the pictures that the HTML form shows. */
export interface QuotedMessage {
  readonly text: string;
  readonly html: string;
  readonly files: readonly FileToAttach[];
}

const quoteStyle = 'margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex';

/** A message as the quote under an answer: only what its reader sees, every line of the text behind `>`. */
export function quoteMessage(original: ParsedMail, reader: Reader): QuotedMessage {
  const { html, files } = bodyHtml(original, reader);
  const date = original.dateMs === undefined ? undefined : writtenDate(original.dateMs, reader.locale, reader.timeZone);
  const line = asHeaderText(replyWords(reader.locale).wrote(formatAddresses(original.from), date));
  const lines = visibleText(original).split('\n');
  return {
    text: `${line}\n\n${lines.map(quoteLine).join('\n')}`,
    html: `<div class="gmail_quote"><div dir="ltr" class="gmail_attr">${escapeHtml(line)}<br></div><blockquote class="gmail_quote" style="${quoteStyle}">${html}</blockquote></div>`,
    files,
  };
}

/** RFC 3676 section 4.5: marks stand together, a space only behind the last. */
function quoteLine(line: string): string {
  return line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`;
}

/** A message as a forward shows it: who wrote it when to whom, then what its reader sees. */
export function forwardedMessage(original: ParsedMail, reader: Reader): QuotedMessage {
  const words = replyWords(reader.locale);
  const date = original.dateMs === undefined ? '' : writtenDate(original.dateMs, reader.locale, reader.timeZone);
  const facts = [
    [words.from, formatAddresses(original.from)],
    [words.date, date],
    [words.subject, original.subject],
    [words.to, formatAddresses(original.to)],
    [words.cc, formatAddresses(original.cc)],
  ].flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}: ${asHeaderText(value)}`]));
  const rule = `---------- ${words.forwarded} ---------`;
  const { html, files } = bodyHtml(original, reader);
  return {
    text: `${[rule, ...facts].join('\n')}\n\n${visibleText(original)}`.trimEnd(),
    html: `<div class="gmail_quote"><div dir="ltr" class="gmail_attr">${[rule, ...facts].map(escapeHtml).join('<br>\n')}<br></div><br>\n${html}</div>`,
    files,
  };
}

/** The HTML of a message, and the pictures in it under ids of their own: foreign ids may be of any form, or be ours. */
function bodyHtml(original: ParsedMail, { idSeed }: Reader): Pick<QuotedMessage, 'html' | 'files'> {
  if (original.html === undefined) return { html: textToHtml(visibleText(original)), files: [] };
  const pictures = original.attachments.filter(({ isInline, contentId }) => isInline && contentId !== undefined);
  const newIds = new Map(pictures.map(({ contentId }, index) => [contentId ?? '', `${idSeed}.${index + 1}@quoted`]));
  return {
    html: visibleHtml(original.html, newIds),
    files: pictures.map((picture) =>
      attachedFile({ ...picture, contentId: newIds.get(picture.contentId ?? '') ?? '' }),
    ),
  };
}

function visibleText(original: ParsedMail): string {
  return bodyText(original).text.toWellFormed();
}

/**
 * A file of a message that was received, as a file of one that is written: under a media type that can be written, and,
 * where it is a message itself, with the line breaks that messages have.
 */
export function attachedFile({ filename, mimeType, contentId, content }: Attachment): FileToAttach {
  const type = mimeType.toLowerCase();
  return {
    filename,
    mimeType: isMediaType(type) ? type : 'application/octet-stream',
    content: type.startsWith('message/') ? withMailLineBreaks(content) : content,
    ...(contentId === undefined ? {} : { contentId }),
  };
}

/** Bytes of a message with CRLF for every line break (RFC 5322 section 2.3). */
export function withMailLineBreaks(content: Uint8Array): Uint8Array {
  const latin1 = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  return Buffer.from(latin1.replaceAll(/\r\n|\r|\n/g, '\r\n'), 'latin1');
}
