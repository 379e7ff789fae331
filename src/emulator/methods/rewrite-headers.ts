import { randomBytes } from 'node:crypto';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';

/** The number of the project that the emulator's OAuth client belongs to, as Google writes it into sent mail. */
export const projectNumber = '717000000000';

/** What Gmail's servers know when they take a message. */
export interface Taking {
  /** The address of the mailbox. */
  readonly emailAddress: string;
  /** Every address that may stand in From, in lower case. */
  readonly ownAddresses: ReadonlySet<string>;
  readonly nowMs: number;
}

/**
 * What Gmail makes of a message that comes through the API as a draft (recorded in April 2026): a `Received` header says
 * how it came, From is the own address unless it is one that may be sent as, Message-ID is one of Gmail's own, and a
 * missing Date and Message-ID are added at the end. Every other header and every byte of the body stays.
 */
export function rewriteDraft(raw: Uint8Array, taking: Taking): Uint8Array {
  return rewrite(withOwnFrom(raw, taking), taking.nowMs, 1);
}

/** The same of a message that is sent: filed as a draft and sent from there, it has two `Received` headers. */
export function rewriteSent(raw: Uint8Array, taking: Taking): Uint8Array {
  return rewrite(withOwnFrom(raw, taking), taking.nowMs, 2);
}

/** What becomes of a message on its way out: a draft has one of the two `Received` headers, and gets another Message-ID. */
export function rewriteOnSend(raw: Uint8Array, nowMs: number): Uint8Array {
  const { fields } = readHeaderBlock(bufferOn(raw));
  const received = fields.findIndex((field) => !receivedPattern.test(field));
  const count = received < 0 ? fields.length : received;
  return count >= 2 ? raw : rewrite(raw, nowMs, 2 - count);
}

const receivedPattern = /^Received: from \d+ named unknown by gmailapi\.google\.com with\s+HTTPREST;/;

function rewrite(raw: Uint8Array, nowMs: number, receivedCount: number): Uint8Array {
  const bytes = bufferOn(raw);
  const { fields, bodyOffset, lineEnd } = readHeaderBlock(bytes);
  const date = pacificDate(nowMs);
  const newId = `<CA${randomBytes(36).toString('base64url')}@mail.gmail.com>`;
  const received = `Received: from ${projectNumber} named unknown by gmailapi.google.com with${lineEnd} HTTPREST; ${date}${lineEnd}`;
  const firstId = fields.findIndex((field) => isNamed(field, 'message-id'));
  const kept = fields.flatMap((field, index) => {
    if (!isNamed(field, 'message-id')) return [field];
    return index === firstId ? [`Message-ID: ${newId}${lineEnd}`] : [];
  });
  const header = [
    ...Array.from({ length: receivedCount }, () => received),
    ...kept,
    ...(fields.some((field) => isNamed(field, 'date')) ? [] : [`Date: ${date}${lineEnd}`]),
    ...(firstId < 0 ? [`Message-Id: ${newId}${lineEnd}`] : []),
  ];
  return Buffer.concat([Buffer.from(header.join(''), 'latin1'), endOfHeader(bytes, bodyOffset, lineEnd)]);
}

/** The empty line and the body; a message that is only a header, or only a body, has no empty line yet. */
function endOfHeader(bytes: Buffer, bodyOffset: number, lineEnd: string): Buffer {
  const rest = bytes.subarray(bodyOffset);
  const startsEmpty = rest[0] === 0x0a || (rest[0] === 0x0d && rest[1] === 0x0a);
  return startsEmpty ? rest : Buffer.concat([Buffer.from(lineEnd), rest]);
}

function withOwnFrom(raw: Uint8Array, { emailAddress, ownAddresses }: Taking): Uint8Array {
  const { from } = parseHeadersOnly(raw);
  if (from.length > 0 && from.every(({ address }) => ownAddresses.has(address.toLowerCase()))) return raw;
  const bytes = bufferOn(raw);
  const { fields, bodyOffset, lineEnd } = readHeaderBlock(bytes);
  const own = `From: ${emailAddress}${lineEnd}`;
  const first = fields.findIndex((field) => isNamed(field, 'from'));
  const others = fields.flatMap((field, index) => (isNamed(field, 'from') ? (index === first ? [own] : []) : [field]));
  const header = first < 0 ? [own, ...others] : others;
  return Buffer.concat([Buffer.from(header.join(''), 'latin1'), endOfHeader(bytes, bodyOffset, lineEnd)]);
}

function bufferOn(raw: Uint8Array): Buffer {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
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

const pacificTime = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'longOffset',
});

/** A date as RFC 5322 section 3.3 has it, in the time of Google's servers. */
function pacificDate(nowMs: number): string {
  const parts = new Map(pacificTime.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const zone = part('timeZoneName').replace('GMT', '').replace(':', '');
  const time = `${part('hour')}:${part('minute')}:${part('second')}`;
  return `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')} ${time} ${zone}`;
}
