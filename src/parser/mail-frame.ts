import * as z from 'zod';
import { attachmentFacts, mailContent } from '../mail/content-schema.ts';
import type { Attachment, ParsedMail } from '../mail/message.ts';
import type { Frame } from './frames.ts';

const mail = mailContent.extend({
  attachments: z.array(attachmentFacts.extend({ charset: z.string().exactOptional() })),
});

/** A parsed message on its way between processes: the bytes of its files behind the rest of it, in the same order. */
export function mailToFrame(parsed: ParsedMail): Frame {
  const attachments = parsed.attachments.map(({ content: _content, ...facts }) => facts);
  return { header: { ...parsed, attachments }, blobs: parsed.attachments.map(({ content }) => content) };
}

/** The message of {@link mailToFrame}. Throws for what is none. */
export function mailOfFrame({ header, blobs }: Frame): ParsedMail {
  const { attachments, ...rest } = mail.parse(header);
  const withBytes = attachments.map((facts, index): Attachment => ({
    ...facts,
    content: blobs[index] ?? new Uint8Array(),
  }));
  return { ...rest, attachments: withBytes };
}
