import * as z from 'zod';
import type { AttachmentFacts, MailContent } from './message.ts';

const addresses = z.array(z.object({ name: z.string(), address: z.string() }));

/** {@link AttachmentFacts} as they come back from a file or another process. */
export const attachmentFacts = z.object({
  filename: z.string(),
  mimeType: z.string(),
  isInline: z.boolean(),
  contentId: z.string().exactOptional(),
  sizeBytes: z.number(),
}) satisfies z.ZodType<AttachmentFacts>;

/** {@link MailContent} as it comes back from a file or another process. */
export const mailContent = z.object({
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
  attachments: z.array(attachmentFacts),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
}) satisfies z.ZodType<MailContent>;
