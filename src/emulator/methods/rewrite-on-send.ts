import { randomBytes } from 'node:crypto';

/** The number of the project that the emulator's OAuth client belongs to, as Google writes it into sent mail. */
export const projectNumber = '717000000000';

/**
 * What Gmail makes of a message that is sent through the API: its Message-ID is replaced by one of Gmail's own, a
 * `Received` header says how it came, and a missing Date is added. Every other header and every byte of the body stays.
 */
export function rewriteOnSend(raw: Uint8Array, nowMs: number): Uint8Array {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { fields, bodyOffset, lineEnd } = readHeaderBlock(bytes);
  const date = sentDate(nowMs);
  const messageId = `Message-ID: <CA${randomBytes(36).toString('base64url')}@mail.gmail.com>${lineEnd}`;
  const firstId = fields.findIndex((field) => isNamed(field, 'message-id'));
  const kept = fields.flatMap((field, index) => {
    if (index === firstId) return [messageId];
    return isNamed(field, 'message-id') ? [] : [field];
  });
  const header = [
    `Received: from ${projectNumber} named unknown by gmailapi.google.com with${lineEnd} HTTPREST; ${date}${lineEnd}`,
    ...(fields.some((field) => isNamed(field, 'date')) ? [] : [`Date: ${date}${lineEnd}`]),
    ...(firstId < 0 ? [messageId] : []),
    ...kept,
  ];
  return Buffer.concat([Buffer.from(header.join(''), 'latin1'), bytes.subarray(bodyOffset)]);
}

interface HeaderBlock {
  /** Each with its folded lines and line breaks, one character a byte. */
  readonly fields: readonly string[];
  /** Where the empty line before the body begins, or the end. */
  readonly bodyOffset: number;
  /** The line break that the message uses. */
  readonly lineEnd: string;
}

function readHeaderBlock(bytes: Buffer): HeaderBlock {
  const fields: string[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const lineBreak = bytes.indexOf(0x0a, offset);
    const next = lineBreak < 0 ? bytes.length : lineBreak + 1;
    const line = bytes.toString('latin1', offset, next);
    if (line === '\n' || line === '\r\n') break;
    if (/^[ \t]/.test(line) && fields.length > 0) fields.push(`${fields.pop() ?? ''}${line}`);
    else fields.push(line);
    offset = next;
  }
  return { fields, bodyOffset: offset, lineEnd: fields[0]?.endsWith('\r\n') === false ? '\n' : '\r\n' };
}

function isNamed(field: string, name: string): boolean {
  return new RegExp(`^${name}[ \\t]*:`, 'i').test(field);
}

/** Google's servers write Pacific standard time. */
const pacificOffsetMs = -8 * 60 * 60 * 1000;

/** A date as RFC 5322 section 3.3 has it. */
function sentDate(nowMs: number): string {
  return new Date(nowMs + pacificOffsetMs).toUTCString().replace('GMT', '-0800');
}
