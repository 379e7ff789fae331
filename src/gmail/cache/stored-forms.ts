import * as z from 'zod';
import { mailContent } from '../../mail/content-schema.ts';
import { parseStored } from '../../store/parse-stored.ts';
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
  isUnverified: z.literal(true).exactOptional(),
});

const body: z.ZodType<MessageBody> = z.object({
  content: mailContent,
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
