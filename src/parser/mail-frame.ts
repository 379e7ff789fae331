import * as z from 'zod';
import type { Attachment, ParsedMail } from '../mail/message.ts';
import type { Frame } from './frames.ts';

const addresses = z.array(z.object({ name: z.string(), address: z.string() }));

const file = z.object({
  filename: z.string(),
  mimeType: z.string(),
  isInline: z.boolean(),
  contentId: z.string().exactOptional(),
  sizeBytes: z.number(),
  charset: z.string().exactOptional(),
});

const mail = z.object({
  from: addresses,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  replyTo: addresses,
  deliveredTo: z.array(z.string()),
  subject: z.string(),
  dateMs: z.number().exactOptional(),
  messageId: z.string(),
  references: z.array(z.string()),
  listId: z.string(),
  text: z.string().exactOptional(),
  html: z.string().exactOptional(),
  attachments: z.array(file),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
}) satisfies z.ZodType<Omit<ParsedMail, 'attachments'>>;

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
