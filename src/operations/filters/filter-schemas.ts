import * as z from 'zod';
import { labelNameOrId } from '../labels/label-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

const words = z
  .string()
  .max(1500)
  .regex(/^[^\S\r\n]*\S[^\r\n]*$/, 'expected one line of text');
const labelArguments = z.array(labelNameOrId).max(100).exactOptional();
/** Gmail takes `false` for "does not matter"; a caller would take it for "has none". */
const onlyTrue = z.literal(true, 'expected true, or no such field').exactOptional();

/** Which mail a new filter is for. */
export const criteriaFields = z
  .strictObject({
    from: words.exactOptional(),
    to: words.exactOptional(),
    subject: words.exactOptional(),
    query: words.exactOptional().describe('Gmail query that must match.'),
    negatedQuery: words.exactOptional().describe('Gmail query that must not match.'),
    hasAttachment: onlyTrue,
    excludeChats: onlyTrue,
    size: z.int().min(1).max(2_000_000_000).exactOptional().describe('Bytes.'),
    sizeComparison: z.enum(['larger', 'smaller']).exactOptional(),
  })
  .describe('All that are given must hold.');

/** What a new filter does with it. */
export const actionFields = z
  .strictObject({
    addLabelIds: labelArguments,
    removeLabelIds: labelArguments,
    forward: z.email({ pattern: accountAddressPattern }).exactOptional().describe('A confirmed forwarding address.'),
  })
  .describe('Labels by name or id: remove INBOX to archive, UNREAD to mark read, SPAM to keep out of spam.');

const labelIds = z.array(z.string()).readonly().exactOptional();

/** A filter as it is answered. */
export const filter = z
  .object({
    id: z.string(),
    criteria: z.object({
      from: z.string().exactOptional(),
      to: z.string().exactOptional(),
      subject: z.string().exactOptional(),
      query: z.string().exactOptional(),
      negatedQuery: z.string().exactOptional(),
      hasAttachment: z.boolean().exactOptional(),
      excludeChats: z.boolean().exactOptional(),
      size: z.int().exactOptional(),
      sizeComparison: z.enum(['larger', 'smaller']).exactOptional(),
    }),
    action: z.object({ addLabelIds: labelIds, removeLabelIds: labelIds, forward: z.string().exactOptional() }),
    effect: z.string().describe('What it does, in words.'),
  })
  .meta({ id: 'Filter' });

export type FilterView = z.output<typeof filter>;
