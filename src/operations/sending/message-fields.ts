import * as z from 'zod';
import { gmailId } from '../messages/message-schemas.ts';

/** Gmail takes no message with more. */
const maxRecipients = 500;
/** A longer text belongs into an attachment; Gmail itself cuts off what it shows at a tenth of this. */
const maxBodyCharacters = 1_000_000;
const maxAttachments = 100;

const recipients = z.array(z.string().max(2000)).max(maxRecipients).exactOptional();

const attachment = z.strictObject({
  filename: z.string().max(255).exactOptional(),
  mimeType: z.string().max(255).exactOptional(),
  contentBase64: z.string().exactOptional(),
  messageId: gmailId.exactOptional(),
  attachment: z.string().exactOptional(),
  uploadId: z.string().max(100).exactOptional(),
});

/** What a message is written from; every field may be missing. */
export const messageFields = {
  to: recipients.describe('a@b.org, Name <a@b.org>'),
  cc: recipients,
  bcc: recipients,
  subject: z.string().exactOptional(),
  body: z.string().max(maxBodyCharacters).exactOptional(),
  format: z.enum(['markdown', 'text']).default('markdown'),
  from: z.string().max(320).exactOptional().describe('A send-as address.'),
  signature: z.boolean().default(true),
  replyTo: gmailId.exactOptional().describe('Message to answer.'),
  replyAll: z.boolean().default(false),
  forward: gmailId.exactOptional().describe('Message to pass on.'),
  attachments: z
    .array(attachment)
    .max(maxAttachments)
    .exactOptional()
    .describe('Each filename+contentBase64, messageId+attachment (a1) or uploadId.'),
};

export type MessageFields = z.output<z.ZodObject<typeof messageFields>>;
/** One attachment as its caller names it. */
export type AttachmentField = z.output<typeof attachment>;

/** A key under which a repeated call is the same call; longer ones are no keys. */
export const idempotencyKey = z
  .string()
  .regex(/^[!-~]{1,200}$/, 'expected 1 to 200 visible ASCII characters')
  .exactOptional()
  .describe('Never sends twice.');

/** A draft's own id, which stays the same; Gmail writes it `r` and a number. */
export const draftId = z.string().regex(/^[\w-]{1,64}$/, 'expected a draft id, from list_drafts');
