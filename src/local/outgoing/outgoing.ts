import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { maxSendBytes } from '../../mail/mailbox.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { splitHeaders } from '../../mail/mime/split-headers.ts';
import { withHeaders, withoutHeader } from './edit-headers.ts';

/** Throws `TOO_LARGE` for a message that Gmail would not take to be sent. */
export function checkSendSize(raw: Uint8Array): void {
  if (raw.length > maxSendBytes) throw tooLarge(raw, maxSendBytes);
}

/** The `TOO_LARGE` of a message over a limit. */
export function tooLarge(raw: Uint8Array, limitBytes: number): AppError {
  return new AppError('TOO_LARGE', `The message of ${raw.length} bytes is too large.`, {
    field: 'raw',
    expected: `at most ${limitBytes} bytes`,
    got: `${raw.length} bytes`,
  });
}

/** Adds From, Date and Message-ID where the message has none, as a server does when it files a draft. */
export function withServerHeaders(raw: Uint8Array, owner: string, nowMs: number): Uint8Array {
  const names = new Set(splitHeaders(raw).headers.map(({ name }) => name));
  const domain = owner.slice(owner.lastIndexOf('@') + 1);
  // RFC 5322 section 3.3 has a numeric zone; `GMT` is an obsolete form.
  const date = new Date(nowMs).toUTCString().replace('GMT', '+0000');
  const fields = [
    ['From', owner],
    ['Date', date],
    ['Message-ID', `<${randomUUID()}@${domain}>`],
  ] as const;
  return withHeaders(
    raw,
    fields.filter(([name]) => !names.has(name.toLowerCase())),
  );
}

/** The message from the owner, whatever From said, unless it is one of the addresses that may be sent as. */
export function withOwnSender(
  raw: Uint8Array,
  { from }: Pick<ParsedMail, 'from'>,
  owner: string,
  ownAddresses: ReadonlySet<string>,
): Uint8Array {
  const isOwn = from.length > 0 && from.every(({ address }) => ownAddresses.has(address.toLowerCase()));
  return isOwn ? raw : withHeaders(withoutHeader(raw, 'from'), [['From', owner]]);
}

/** Gmail's limit for a message that comes through its API (support.google.com/mail/answer/22839). */
const maxRecipients = 500;

/**
 * Everyone in To, Cc and Bcc, each once, in lower case. Throws `INVALID_INPUT` without any, for too many, and for what is
 * no address: nothing is sent to a part of those who were meant.
 */
export function recipientsOf({ to, cc, bcc }: Pick<ParsedMail, 'to' | 'cc' | 'bcc'>): readonly string[] {
  const recipients = Object.entries({ to, cc, bcc }).flatMap(([field, addresses]) =>
    addresses.map(({ address, name }) => {
      if (isAddress(address)) return address.toLowerCase();
      throw new AppError('INVALID_INPUT', `Invalid ${field.replace(/^./, (first) => first.toUpperCase())} header.`, {
        field,
        expected: 'addresses such as ann@example.org',
        got: address === '' ? name : address,
      });
    }),
  );
  const each = [...new Set(recipients)];
  if (each.length > 0 && each.length <= maxRecipients) return each;
  const isNone = each.length === 0;
  throw new AppError('INVALID_INPUT', isNone ? 'Recipient address required.' : 'Too many recipients.', {
    field: 'to',
    expected: isNone ? 'an address in To, Cc or Bcc' : `at most ${maxRecipients} addresses in To, Cc and Bcc`,
    got: isNone ? 'none' : `${each.length} addresses`,
  });
}

/** Whether a text has the form of an e-mail address. */
export function isAddress(text: string): boolean {
  return /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(text);
}

/** Whether mail to an address comes to the owner: `me@x` and `me+anything@x` are the same mailbox. */
export function isOwnAddress(address: string, owner: string): boolean {
  return address.toLowerCase().replace(/^([^+@]*)\+[^@]*@/, '$1@') === owner || address.toLowerCase() === owner;
}
