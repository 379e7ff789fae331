import { createHash, randomBytes } from 'node:crypto';

const prefix = 'ANGjdJ';
const nonceBytes = 24;
const sealBytes = 32;
/** With the prefix 390 characters, in the middle of what Gmail's have. */
const totalBytes = 288;

/**
 * A new attachment id, different at every call as Gmail's are. It holds which part of the message it is for, so any id
 * that was ever made for a part still reads it.
 */
export function makeAttachmentId(messageId: string, partId: string): string {
  const nonce = randomBytes(nonceBytes);
  const part = Buffer.from(partId, 'latin1');
  const known = Buffer.concat([nonce, sealOf(nonce, messageId, partId), Buffer.from([part.length]), part]);
  const filler = randomBytes(Math.max(0, totalBytes - known.length));
  return `${prefix}${Buffer.concat([known, filler]).toString('base64url')}`;
}

/** The part that an attachment id of this message is for; undefined for anything else. */
export function readAttachmentId(attachmentId: string, messageId: string): string | undefined {
  if (!attachmentId.startsWith(prefix)) return undefined;
  const bytes = Buffer.from(attachmentId.slice(prefix.length), 'base64url');
  if (bytes.length < totalBytes) return undefined;
  const nonce = bytes.subarray(0, nonceBytes);
  const partStart = nonceBytes + sealBytes + 1;
  const partId = bytes.toString('latin1', partStart, partStart + (bytes[partStart - 1] ?? 0));
  const seal = bytes.subarray(nonceBytes, nonceBytes + sealBytes);
  return seal.equals(sealOf(nonce, messageId, partId)) ? partId : undefined;
}

function sealOf(nonce: Uint8Array, messageId: string, partId: string): Buffer {
  return createHash('sha256').update(nonce).update(`${messageId} ${partId}`).digest();
}
