import { AppError } from '../../core/errors.ts';
import { maxSendBytes } from '../mailbox.ts';
import type { Address } from '../message.ts';
import { requireAddress } from './address-syntax.ts';
import { attachmentPart } from './attachment-part.ts';
import { addressField, dateField, foldHeader, messageIdField, textField } from './header-fields.ts';
import { isMessageId, maxSubjectCharacters, requireHeaderText, requireWholeCharacters } from './header-text.ts';
import type { FileToAttach, MessageToWrite } from './message-to-write.ts';
import type { MimePart } from './mime-part.ts';
import { multipart } from './mime-part.ts';
import { encodeText } from './transfer-encoding.ts';

const lineBreak = Buffer.from('\r\n');

/**
 * The message as RFC 5322 and MIME bytes, CRLF throughout, no line over 998 bytes: the text, with HTML as its alternative,
 * pictures that the HTML shows beside it, and attachments. Throws `INVALID_INPUT` naming the field for what cannot stand
 * in a header, `TOO_LARGE` above Gmail's limit.
 */
export function composeMessage(message: MessageToWrite): Uint8Array {
  const attachedBytes = message.files.reduce((sum, { content }) => sum + content.byteLength, 0);
  if (attachedBytes > maxSendBytes) throw tooLarge(attachedBytes);
  const { header, body } = rootPart(message);
  const content = Buffer.concat([Buffer.from(`${headerFields(message)}${header}\r\n`), ...body]);
  const raw = content.subarray(-2).toString('latin1') === '\r\n' ? content : Buffer.concat([content, lineBreak]);
  if (raw.byteLength > maxSendBytes) throw tooLarge(raw.byteLength);
  return raw;
}

function tooLarge(sizeBytes: number): AppError {
  return new AppError('TOO_LARGE', `The message has ${sizeBytes} bytes or more; Gmail sends at most ${maxSendBytes}.`, {
    expected: `at most ${maxSendBytes} bytes, of which encoding takes a third of each attachment's size`,
    got: `${sizeBytes} bytes`,
    hint: 'Leave attachments out or share them as links.',
  });
}

function headerFields(message: MessageToWrite): string {
  return [
    dateField(requireDate(message.dateMs)),
    checkedAddresses('From', [message.from], 'from'),
    checkedAddresses('Reply-To', message.replyTo ?? [], 'replyTo'),
    checkedAddresses('To', message.to, 'to'),
    checkedAddresses('Cc', message.cc, 'cc'),
    checkedAddresses('Bcc', message.bcc, 'bcc'),
    textField('Subject', requireSubject(message.subject)),
    messageIdField('Message-ID', [requireMessageId(message.messageId, 'messageId')]),
    ...(message.inReplyTo === undefined
      ? []
      : [messageIdField('In-Reply-To', [requireMessageId(message.inReplyTo, 'inReplyTo')])]),
    messageIdField(
      'References',
      (message.references ?? []).map((id) => requireMessageId(id, 'references')),
    ),
    ...(message.extraHeaders ?? []).map(extraField),
    foldHeader('MIME-Version', ['1.0']),
  ].join('');
}

function checkedAddresses(name: string, addresses: readonly Address[], field: string): string {
  return addressField(
    name,
    addresses.map((address) => requireAddress(address, field)),
  );
}

function requireDate(dateMs: number): number {
  const year = new Date(dateMs).getUTCFullYear();
  // RFC 5322 section 3.3: four digits, 1900 or later.
  if (year >= 1900 && year <= 9999) return dateMs;
  throw new AppError('INVALID_INPUT', `dateMs: ${dateMs} is no date of the years 1900 to 9999.`, {
    field: 'dateMs',
    expected: 'milliseconds since 1970',
    got: String(dateMs),
  });
}

function requireSubject(subject: string): string {
  const text = requireHeaderText(subject, 'subject').trim();
  if (text.length <= maxSubjectCharacters) return text;
  throw new AppError('INVALID_INPUT', `The subject has ${text.length} characters.`, {
    field: 'subject',
    expected: `at most ${maxSubjectCharacters} characters`,
    got: `${text.length} characters`,
  });
}

function requireMessageId(id: string, field: string): string {
  if (isMessageId(id)) return id;
  throw new AppError('INVALID_INPUT', `${field}: "${id}" is no message id.`, {
    field,
    expected: 'visible ASCII without angle brackets, such as 1234@example.org',
    got: id,
  });
}

function extraField({ name, value }: { readonly name: string; readonly value: string }): string {
  if (/^X-[A-Za-z0-9-]{1,60}$/.test(name)) return textField(name, requireHeaderText(value, name).trim());
  throw new AppError('INVALID_INPUT', `"${name}" is no name for a header field of one's own.`, {
    field: 'extraHeaders',
    expected: 'X- followed by letters, digits and hyphens',
    got: name,
  });
}

/** The parts of the message, the innermost first: HTML with what it shows, its alternative text, the attachments. */
function rootPart({ text, html, files, boundary }: MessageToWrite): MimePart {
  const shownIds = new Set(Array.from((html ?? '').matchAll(/\bcid:([\w.@+-]+)/gi), (match) => match[1]));
  requireDifferentIds(files);
  const parts = files.map((file, index) => {
    const isShown = file.contentId !== undefined && shownIds.has(file.contentId);
    return { isShown, part: attachmentPart(file, `attachments[${index}]`, isShown) };
  });
  const shown = parts.filter(({ isShown }) => isShown).map(({ part }) => part);
  const attached = parts.filter(({ isShown }) => !isShown).map(({ part }) => part);

  const textPart = bodyPart('plain', text, 'text');
  const htmlPart = html === undefined ? undefined : bodyPart('html', html, 'html');
  const unique = uniqueBoundary(requireBoundary(boundary), [textPart, ...(htmlPart ? [htmlPart] : []), ...attached]);
  const related =
    htmlPart === undefined || shown.length === 0
      ? htmlPart
      : multipart('related', [htmlPart, ...shown], `${unique}_r`, 'text/html');
  const body = related === undefined ? textPart : multipart('alternative', [textPart, related], `${unique}_a`);
  return attached.length === 0 ? body : multipart('mixed', [body, ...attached], `${unique}_m`);
}

function requireDifferentIds(files: readonly FileToAttach[]): void {
  const ids = files.flatMap(({ contentId }) => contentId ?? []);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw new AppError('INVALID_INPUT', `Two attachments have the content id "${twice}".`, {
    field: 'attachments',
    expected: 'a content id of its own for each picture',
    got: twice,
  });
}

function bodyPart(subtype: 'plain' | 'html', text: string, field: string): MimePart {
  const { encoding, body } = encodeText(requireWholeCharacters(text, field));
  const header =
    foldHeader('Content-Type', [`text/${subtype};`, 'charset="utf-8"']) +
    foldHeader('Content-Transfer-Encoding', [encoding]);
  return { header, body: [body], isEightBit: false };
}

function requireBoundary(boundary: string): string {
  // RFC 2046 section 5.1.1 gives 70 characters to all of it.
  if (/^[A-Za-z0-9]{10,50}$/.test(boundary)) return boundary;
  throw new AppError('INVALID_INPUT', `boundary: "${boundary}" does not fit.`, {
    field: 'boundary',
    expected: '10 to 50 letters and digits',
    got: boundary,
  });
}

/** `=_` can occur in no quoted-printable and no base64; parts that stand there unencoded are searched. */
function uniqueBoundary(wanted: string, parts: readonly MimePart[]): string {
  const bodies = parts.flatMap(({ body }) => body);
  let boundary = `=_${wanted}`;
  while (bodies.some((body) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(boundary))) {
    boundary = `=_${boundary.length}${wanted}`;
  }
  return boundary;
}
