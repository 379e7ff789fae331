import * as z from 'zod';
import { invalidArgument, notImplemented } from '../http/google-errors.ts';
import { base64Bytes, integer, longInteger } from './read-body.ts';

const texts = z.array(z.string()).optional();

/** The fields of a message that a request may carry; what only Gmail sets is taken and passed over, as Gmail does. */
export const messageFields = z.strictObject({
  raw: base64Bytes.optional(),
  threadId: z.string().optional(),
  labelIds: texts,
  id: z.string().optional(),
  snippet: z.string().optional(),
  historyId: longInteger.optional(),
  internalDate: longInteger.optional(),
  sizeEstimate: integer.optional(),
  payload: z.looseObject({}).optional(),
  classificationLabelValues: z.array(z.looseObject({})).optional(),
});

/** What {@link messageFields} reads. */
export type MessageRequest = z.infer<typeof messageFields>;

/** The body of `messages.send`, `insert` and `import`. */
export const messageBody = { name: 'message', schema: messageFields } as const;

/**
 * The message of a request: uploaded, or in `raw`. Throws Gmail's 400 where there is neither, 501 for classification
 * labels, which would be lost.
 */
export function messageBytes(media: Uint8Array | undefined, message: MessageRequest | undefined): Uint8Array {
  if (message?.classificationLabelValues?.length) throw notImplemented('classification labels');
  const bytes = media ?? message?.raw;
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw invalidArgument("'raw' RFC822 payload message string or uploading message via /upload/* URL required");
}
