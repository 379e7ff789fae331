import { AppError } from '../../core/errors.ts';
import { bodyText, type BodyText } from '../../mail/text/body-text.ts';
import type { Address, ParsedMail } from '../../mail/message.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import { parseRaw } from '../messages/message-view.ts';

/**
 * A message as policy and people see it before it is sent: read from its bytes, not from what was asked. `warnings` are
 * about its text alone.
 */
export type MessagePreview = Pick<
  MessageToSend,
  'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'text' | 'attachments' | 'warnings'
>;

/** Why the text of a preview may not be all that a recipient reads, in sentences. */
function textWarnings({
  isPlainDifferent,
  hiddenText,
}: Pick<BodyText, 'isPlainDifferent' | 'hiddenText'>): readonly string[] {
  return [
    ...(isPlainDifferent
      ? ['Its plain text says something else than its HTML, which is what most programs show.']
      : []),
    ...(hiddenText.trim() === '' ? [] : ['Its HTML has words that nobody sees.']),
  ];
}

function addressesOf(list: readonly Address[]): readonly string[] {
  return list.map(({ address }) => address.toLowerCase());
}

/** What `parsed` shows its readers. */
export function previewOf(parsed: ParsedMail): MessagePreview {
  const { from, to, cc, bcc, subject, attachments } = parsed;
  const { text, ...facts } = bodyText(parsed);
  return {
    from: addressesOf(from)[0] ?? '',
    to: addressesOf(to),
    cc: addressesOf(cc),
    bcc: addressesOf(bcc),
    subject,
    text,
    attachments: attachments.map(({ filename, mimeType, sizeBytes }) => ({ filename, mimeType, sizeBytes })),
    warnings: textWarnings(facts),
  };
}

/** One address, whose part before the @ may stand in quotes. */
const clearAddress = /^(?:"(?:[^"\\]|\\.)+"|[^\s@,;<>"]+)@[^\s@,;<>"]+$/;

/** Header fields that name recipients. */
const recipientFields = ['to', 'cc', 'bcc'] as const;

/**
 * Throws `INVALID_INPUT` for a message whose recipients can be read in more than one way: what a mail server makes of it
 * may be more people than policy and a person have seen.
 */
export function requireClearRecipients(parsed: ParsedMail): void {
  for (const field of recipientFields) {
    const fields = parsed.headers.filter(({ name }) => name === field || name === `resent-${field}`);
    const unclear = parsed[field].find(({ address }) => !clearAddress.test(address));
    // RFC 5322 section 3.6 has each of them once; the Resent ones would name others.
    const isTwice = fields.length > 1 || fields.some(({ name }) => name !== field);
    if (!isTwice && unclear === undefined) continue;
    throw new AppError('INVALID_INPUT', `It is not clear whom the draft goes to: look at its ${field}.`, {
      field,
      expected: 'one header field, in which every recipient has an address',
      got: isTwice ? fields.map(({ name }) => name).join(', ') : unclear?.name || unclear?.address || 'nothing',
      hint: 'update_draft with to, cc and bcc writes them again.',
    });
  }
}

/** Parses a message that is to be sent. Throws `UNSUPPORTED` for one that cannot be read: nobody could say who gets it. */
export async function parseOutgoing(raw: Uint8Array, signal: AbortSignal): Promise<ParsedMail> {
  const { parsed, problem } = await parseRaw(raw, signal);
  if (problem === undefined) return parsed;
  throw new AppError('UNSUPPORTED', `This draft cannot be read: ${problem}`, {
    hint: 'Write it again, or send it from another mail program.',
  });
}
