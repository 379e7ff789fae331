import { AppError } from '../../core/errors.ts';
import { foldHeader, messageIdField } from './header-fields.ts';
import { requireHeaderText } from './header-text.ts';
import type { FileToAttach } from './message-to-write.ts';
import type { MimePart } from './mime-part.ts';
import { asciiFilename, parameterTokens } from './parameter-tokens.ts';
import { encodeBase64, identityEncoding } from './transfer-encoding.ts';

/** Most file systems take no longer name. */
const maxFilenameCharacters = 255;

/** RFC 6838 section 4.2. */
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** Kinds of message that are read as one; of the others, some would make a reader fetch or join things. */
const messageTypes = new Set(
  'message/rfc822 message/global message/delivery-status message/disposition-notification message/feedback-report'.split(
    ' ',
  ),
);

/**
 * A file as a part of a message, byte for byte. Messages go unencoded, as RFC 2046 section 5.2.1 asks; one that cannot
 * (long lines, line breaks that are not CRLF) goes as a plain file. Throws `INVALID_INPUT` naming `field`.
 */
export function attachmentPart(file: FileToAttach, field: string, isInline: boolean): MimePart {
  const filename = requireFilename(file.filename, `${field}.filename`);
  const mimeType = requireMediaType(file.mimeType, `${field}.mimeType`);
  const identity = messageTypes.has(mimeType) ? identityEncoding(file.content) : undefined;
  const writtenType = mimeType.startsWith('message/') && identity === undefined ? 'application/octet-stream' : mimeType;
  const fallbackName = asciiFilename(filename);
  const header = [
    foldHeader(
      'Content-Type',
      withSemicolons([writtenType, ...charsetOf(writtenType, file.content), ...nameOf(fallbackName)]),
    ),
    foldHeader('Content-Transfer-Encoding', [identity ?? 'base64']),
    foldHeader(
      'Content-Disposition',
      withSemicolons([isInline ? 'inline' : 'attachment', ...parameterTokens('filename', filename)]),
    ),
    messageIdField('Content-ID', file.contentId === undefined ? [] : [requireContentId(file.contentId, field)]),
  ].join('');
  return {
    header,
    body: [identity === undefined ? encodeBase64(file.content) : file.content],
    isEightBit: identity === '8bit',
  };
}

function withSemicolons(tokens: readonly string[]): string[] {
  return tokens.map((token, index) => (index < tokens.length - 1 ? `${token};` : token));
}

/** Text without a charset counts as ASCII (RFC 2046 section 4.1.2), and readers would guess. */
function charsetOf(mimeType: string, content: Uint8Array): string[] {
  if (!mimeType.startsWith('text/')) return [];
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return ['charset="utf-8"'];
  } catch {
    return [];
  }
}

function nameOf(fallbackName: string): string[] {
  return fallbackName === '' ? [] : parameterTokens('name', fallbackName);
}

function requireFilename(value: string, field: string): string {
  const filename = requireHeaderText(value, field).trim();
  const isName = filename !== '' && filename.length <= maxFilenameCharacters && !/[/\\]/.test(filename);
  if (isName) return filename;
  throw new AppError('INVALID_INPUT', `${field}: "${filename.slice(0, 80)}" is no file name.`, {
    field,
    expected: `a name of 1 to ${maxFilenameCharacters} characters without / and \\`,
    got: filename,
  });
}

function requireMediaType(value: string, field: string): string {
  const type = value.toLowerCase();
  if (isMediaType(type)) return type;
  throw new AppError('INVALID_INPUT', `${field}: "${value}" is no media type of a file.`, {
    field,
    expected: 'type/subtype without parameters, such as application/pdf',
    got: value,
  });
}

/** Whether a type, in lower case, can be that of one file: parts of parts are not made of a file's bytes. */
export function isMediaType(type: string): boolean {
  return mediaType.test(type) && !type.startsWith('multipart/');
}

function requireContentId(contentId: string, field: string): string {
  if (/^[\w.@+-]{1,200}$/.test(contentId)) return contentId;
  throw new AppError('INVALID_INPUT', `${field}.contentId: "${contentId}" is no content id.`, {
    field: `${field}.contentId`,
    expected: 'letters, digits and .@+-_ without angle brackets',
    got: contentId,
  });
}
