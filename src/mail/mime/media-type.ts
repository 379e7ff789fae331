/** RFC 6838 section 4.2. */
const wellFormed = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9!#$&^_.+*-]{1,127}$/;

/** What mailers write that have forgotten the half of a type. */
const shortForms: Readonly<Record<string, string>> = {
  text: 'text/plain',
  plain: 'text/plain',
  html: 'text/html',
  multipart: 'multipart/mixed',
  alternative: 'multipart/alternative',
};

/**
 * The media type that a part is of. One that is missing or has not the form of a type counts as `defaultType` (RFC 2045
 * section 5.2), but a file of such a type is only bytes.
 */
export function mediaTypeOf(written: string, defaultType: string, isNamed: boolean): string {
  if (wellFormed.test(written)) return written;
  const type = shortForms[written];
  if (type !== undefined) return type;
  return isNamed && written !== '' ? 'application/octet-stream' : defaultType;
}

/**
 * Kinds of text that are made for programs: as files they are of use, as text of the message they would be noise. Every
 * other text is shown as text, also one of a kind that nobody knows (RFC 2046 section 4.1.4).
 */
const textFiles: ReadonlySet<string> = new Set(
  'calendar vcard x-vcard directory x-vcalendar css javascript ecmascript x-amp-html rfc822-headers rtf vtt x-watch-html'
    .split(' ')
    .map((subtype) => `text/${subtype}`),
);

/** Whether an alternative is for some mail programs alone, which show it in the place of the others: no other shows it as a file. */
export function isFormForPrograms(mimeType: string): boolean {
  return mimeType === 'text/x-amp-html' || mimeType === 'text/x-watch-html';
}

/** Whether a text part is read as text of the message, not as a file: it has no name and is not sent as an attachment. */
export function isBodyText(part: {
  readonly mimeType: string;
  readonly filename: string;
  readonly disposition: string;
}): boolean {
  const { mimeType, filename, disposition } = part;
  return mimeType.startsWith('text/') && !textFiles.has(mimeType) && filename === '' && disposition !== 'attachment';
}

/** Whether a part is an attached message (RFC 2046 section 5.2.1, RFC 6532 section 3.7). */
export function isMessageType(mimeType: string): boolean {
  return mimeType === 'message/rfc822' || mimeType === 'message/global' || mimeType === 'message/news';
}

/** Messages in messages that are read as text; deeper ones are attachments. */
export const maxInnerMessages = 3;

/** Whether an attached message is shown where it stands: it has no name and is not sent as an attachment. */
export function isShownMessage(part: { readonly filename: string; readonly disposition: string }): boolean {
  return part.filename === '' && (part.disposition === '' || part.disposition === 'inline');
}

/** Whether a part is an S/MIME message (RFC 8551 section 3.2): encrypted, or signed with its text inside. */
export function isSmime(mimeType: string): boolean {
  return /^application\/(?:x-)?pkcs7-mime$/i.test(mimeType);
}

const reportTypes: ReadonlySet<string> = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/feedback-report',
  'message/disposition-notification',
]);

/** Whether a part is a report on another message: then that message, beside it, is evidence and no text of this one. */
export function isReportType(mimeType: string): boolean {
  return reportTypes.has(mimeType);
}

/** Whether a part is Outlook's `winmail.dat`: a package of files and, sometimes, the text of the message. */
export function isTnef(part: { readonly mimeType: string; readonly filename: string }): boolean {
  const { mimeType, filename } = part;
  if (mimeType === 'application/ms-tnef' || mimeType === 'application/vnd.ms-tnef') return true;
  return mimeType === 'application/octet-stream' && /^win\.?mail\.dat$/i.test(filename);
}
