import * as z from 'zod';
import type { MailContent } from '../../mail/message.ts';
import type { MessageBody, MessageFacts } from '../content/fetched-message.ts';

const facts: z.ZodType<MessageFacts> = z.object({
  id: z.string(),
  threadId: z.string(),
  internalDate: z.string(),
  sizeEstimate: z.number(),
  from: z.string(),
  to: z.string(),
  cc: z.string(),
  bcc: z.string(),
  subject: z.string(),
  snippet: z.string(),
  attachmentNames: z.array(z.string()),
});

const addresses = z.array(z.object({ name: z.string(), address: z.string() }));

const content: z.ZodType<MailContent> = z.object({
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
  attachments: z.array(
    z.object({
      filename: z.string(),
      mimeType: z.string(),
      isInline: z.boolean(),
      contentId: z.string().exactOptional(),
      sizeBytes: z.number(),
    }),
  ),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});

const body: z.ZodType<MessageBody> = z.object({
  content,
  hasDoubtfulAddresses: z.boolean(),
  problem: z.string().exactOptional(),
});

/** Values as they are sealed. Reading answers undefined for bytes of another version of this program. */
export const storedForms = {
  facts: jsonForm(facts),
  body: jsonForm(body),
};

/** How values of one type become bytes, and values again. */
export interface StoredForm<T> {
  readonly write: (value: T) => Uint8Array;
  readonly read: (bytes: Uint8Array) => T | undefined;
}

function jsonForm<T>(schema: z.ZodType<T>): StoredForm<T> {
  return {
    write: (value) => Buffer.from(JSON.stringify(value)),
    read: (bytes) => parseStored(schema, Buffer.from(bytes).toString('utf8')),
  };
}

/** A JSON text of ours as a value, or undefined where it is not of this form. */
export function parseStored<T>(schema: z.ZodType<T>, json: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
