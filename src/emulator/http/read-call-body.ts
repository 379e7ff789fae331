import type { GmailMethod } from '../../mail/gmail-methods.ts';
import { maxImportBytes, maxSendBytes } from '../../mail/mailbox.ts';
import { notImplemented } from './google-errors.ts';
import { malformed, tooLarge } from './server-errors.ts';
import { boundaryOf, splitMultipart, type Part } from './split-multipart.ts';

/** What a call carries: JSON, a message, or both. */
export interface CallBody {
  readonly body: unknown;
  readonly media?: Uint8Array;
}

/** A request's body with what says how to read it. */
export interface RawBody {
  readonly isUpload: boolean;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Undefined when it was longer than {@link largestBody} allows. */
  readonly bytes: Buffer | undefined;
}

/** JSON of calls that carry no message. */
const maxJsonBytes = 10 * 1024 * 1024;
/** Headers and JSON beside an uploaded message. */
const uploadOverheadBytes = 64 * 1024;

/** The longest message that a method takes, in bytes, or undefined where it takes none. */
function largestMessage(method: GmailMethod): number | undefined {
  if (!method.takesUpload) return undefined;
  return method.scopes.some((scope) => scope.endsWith('/gmail.insert')) ? maxImportBytes : maxSendBytes;
}

/** The longest body that a method takes, in bytes: in JSON a message stands as base64. */
export function largestBody(method: GmailMethod, isUpload: boolean): number {
  const message = largestMessage(method);
  if (message === undefined) return maxJsonBytes;
  return uploadOverheadBytes + (isUpload ? message : Math.ceil(message / 3) * 4);
}

/**
 * Reads the body of a call (developers.google.com/workspace/gmail/api/guides/uploads). Throws `GoogleError`: 400 for what
 * cannot be read, 413 over the limit, 501 for a resumable upload.
 */
export function readCallBody(method: GmailMethod, { isUpload, query, contentType, bytes }: RawBody): CallBody {
  const limit = largestMessage(method) ?? maxJsonBytes;
  if (bytes === undefined) throw tooLarge(limit);
  if (!isUpload) return { body: readJson(bytes) };
  const content = readUpload(bytes, contentType, query.get('uploadType') ?? query.get('upload_protocol') ?? '');
  if (content.media.byteLength > limit) throw tooLarge(limit);
  return content;
}

function readJson(bytes: Buffer): unknown {
  if (bytes.byteLength === 0) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    const start = bytes.toString('utf8', 0, 60).split('\n', 1)[0] ?? '';
    throw malformed(`Invalid JSON payload received. Expected a value.\n${start}\n^`);
  }
}

function readUpload(bytes: Buffer, contentType: string, uploadType: string) {
  switch (uploadType) {
    case 'media':
    case 'raw':
      requireMessageType(contentType);
      return { body: undefined, media: bytes };
    case 'multipart':
      return readRelated(bytes, contentType);
    case 'resumable':
      throw notImplemented('resumable uploads');
    default:
      throw malformed(`Invalid upload type: ${uploadType === '' ? 'none given' : uploadType}`);
  }
}

function requireMessageType(contentType: string): void {
  if (/^message\/(rfc822|\*)?/i.test(contentType)) return;
  throw malformed(`Media type '${contentType}' is not supported. Valid media types: [message/*]`);
}

/** Two parts: JSON, then the message. */
function readRelated(bytes: Buffer, contentType: string) {
  const boundary = boundaryOf(contentType);
  const parts = boundary === undefined ? undefined : splitMultipart(bytes, boundary);
  const [json, message, ...more] = parts ?? [];
  if (json === undefined || message === undefined || more.length > 0) {
    throw malformed('Malformed multipart body.');
  }
  requireMessageType(message.headers.get('content-type') ?? '');
  return { body: readJson(json.body), media: decoded(message) };
}

function decoded({ headers, body }: Part): Buffer {
  const isBase64 = headers.get('content-transfer-encoding')?.toLowerCase() === 'base64';
  return isBase64 ? Buffer.from(body.toString('latin1'), 'base64') : body;
}
