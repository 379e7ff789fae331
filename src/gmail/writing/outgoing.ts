import { Readable } from 'node:stream';
import { AppError } from '../../core/errors.ts';
import type { OutgoingMessage } from '../../mail/mailbox.ts';

/** Up to this size a message travels inside JSON; Google's limit for a JSON body lies somewhat above. */
const maxInlineBytes = 5 * 1024 * 1024;

/** A message in a request: inside its JSON (`raw`), or beside it (`media`). */
export interface RequestMessage {
  readonly message: { raw?: string; threadId?: string };
  readonly media: { media?: { mimeType: string; body: Readable } };
}

/** Throws `TOO_LARGE`. */
export function checkSize(raw: Uint8Array, maxBytes: number): void {
  if (raw.length <= maxBytes) return;
  throw new AppError('TOO_LARGE', `The message has ${raw.length} bytes.`, {
    expected: `at most ${maxBytes} bytes, attachments encoded`,
    got: `${raw.length} bytes`,
  });
}

/** A message as a request of the client carries it. */
export function messageOfRaw(raw: Uint8Array, threadId?: OutgoingMessage['threadId']): RequestMessage {
  const thread = threadId === undefined ? {} : { threadId };
  if (raw.length <= maxInlineBytes) return { message: { raw: base64Url(raw), ...thread }, media: {} };
  return { message: thread, media: { media: { mimeType: 'message/rfc822', body: Readable.from([raw]) } } };
}

function base64Url(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64url');
}
