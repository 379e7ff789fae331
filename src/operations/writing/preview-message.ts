import { AppError } from '../../core/errors.ts';
import { bodyText } from '../../mail/body-text.ts';
import type { Address, ParsedMail } from '../../mail/message.ts';
import type { AttachmentPreview } from '../../safety/sending.ts';
import { parseRaw } from '../message-view.ts';

/** A message as policy and people see it before it is sent: read from its bytes, not from what was asked. */
export interface MessagePreview {
  readonly from: string;
  /** Addresses alone, in lower case. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly AttachmentPreview[];
}

function addressesOf(list: readonly Address[]): readonly string[] {
  return list.map(({ address }) => address.toLowerCase());
}

/** What `parsed` shows its readers. */
export function previewOf(parsed: ParsedMail): MessagePreview {
  const { from, to, cc, bcc, subject, attachments } = parsed;
  return {
    from: addressesOf(from)[0] ?? '',
    to: addressesOf(to),
    cc: addressesOf(cc),
    bcc: addressesOf(bcc),
    subject,
    text: bodyText(parsed).text,
    attachments: attachments.map(({ filename, mimeType, sizeBytes }) => ({ filename, mimeType, sizeBytes })),
  };
}

/** Parses a message that is to be sent. Throws `UNSUPPORTED` for one that cannot be read: nobody could say who gets it. */
export async function parseOutgoing(raw: Uint8Array, signal: AbortSignal): Promise<ParsedMail> {
  const { parsed, problem } = await parseRaw(raw, signal);
  if (problem === undefined) return parsed;
  throw new AppError('UNSUPPORTED', `This draft cannot be read: ${problem}`, {
    hint: 'Write it anew, or send it from another mail program.',
  });
}
