import * as z from 'zod';
import { distinct } from '../kernel/distinct.ts';
import { messageKind } from './kind-schemas.ts';

/** Draft ids begin with r; a negative number may follow. */
const draftId = /^r-?\d+$/;

/** An id as Gmail writes it: lowercase hex. */
export const gmailId = z.string().regex(/^[0-9a-f]{1,16}$/, {
  error: ({ input }) =>
    `expected a Gmail id, 1 to 16 lowercase hex digits${typeof input === 'string' && draftId.test(input) ? ' (this is the id of a draft: list_drafts has that of its message)' : ''}`,
});

/** Ids of one change; Gmail's batchModify takes at most 1,000. */
export const gmailIds = z.array(gmailId).min(1).max(1000).overwrite(distinct).describe('Message ids.');

export const pageToken = z.string().min(1).max(200).exactOptional().describe('nextPageToken of the answer before.');

export const gmailQuery = z
  .string()
  .max(2000)
  .default('')
  .describe('Gmail query, e.g. from:ann has:attachment newer_than:7d -label:done {invoice receipt}');

/** With what a search found. */
export const isIndexing = z
  .literal(true)
  .optional()
  .describe('Mail of an older version is being indexed again: not every spelling is found in it yet.');

export const includeSpamTrash = z.boolean().default(false);

/** The budget of an answer's bodies, in characters. */
export const maxChars = z.int().min(100).max(1_000_000).optional();

/** Where a body that was cut goes on. */
export const offset = z.int().min(0).max(1_000_000_000).default(0);

/** What earlier messages of the thread say already is left out or repeated. */
export const history = z.enum(['folded', 'full']).default('folded');

const decimal = z.string().regex(/^\d+$/);

/** A message as lists show it. */
export const messageSummary = z
  .object({
    id: z.string(),
    threadId: z.string(),
    internalDate: decimal.describe('When it was received, milliseconds since 1970.'),
    historyId: decimal,
    sizeEstimate: z.int().describe('Bytes of the whole message.'),
    from: z.string(),
    to: z.string(),
    cc: z.string(),
    bcc: z.string(),
    subject: z.string(),
    snippet: z.string(),
    labelIds: z.array(z.string()).readonly(),
    attachmentNames: z.array(z.string()).readonly(),
    attachmentsTotal: z.int().exactOptional().describe('Where not all of them are named: how many it has.'),
    isUnverified: z
      .literal(true)
      .exactOptional()
      .describe('The server that received it found that nothing proves whom it is from (SPF, DKIM, DMARC).'),
    threadMessages: z.int().exactOptional().describe('How many messages its thread has, where that is known.'),
  })
  .readonly()
  .meta({ id: 'MessageSummary' });

/** How many messages there are. */
export const messageCount = z
  .object({ count: z.int(), isMore: z.boolean().describe('Whether there are more than count.') })
  .readonly()
  .meta({ id: 'MessageCount' });

/** A draft as lists show it: its message's facts under the draft's own id. */
export const draftSummary = messageSummary
  .unwrap()
  .extend({
    id: z.string().describe('Of the draft: it stays the same however often the draft is changed.'),
    message: z
      .object({ id: z.string(), threadId: z.string() })
      .readonly()
      .describe('The message as it is now; a change gives it a new id.'),
  })
  .readonly()
  .meta({ id: 'DraftSummary' });

/** A thread as lists show it: the facts of its newest message under the thread's id, and what it has in all. */
export const threadSummary = messageSummary
  .unwrap()
  .pick({ threadId: true, internalDate: true, from: true, subject: true, snippet: true, labelIds: true })
  .extend({
    id: z.string().describe('Of the thread.'),
    historyId: decimal,
    messagesTotal: z.int(),
    messagesUnread: z.int(),
    participants: z.array(z.string()).readonly().describe('Who wrote its messages, in the order they joined.'),
  })
  .readonly()
  .meta({ id: 'ThreadSummary' });

/** An attachment's handle and facts; the content is read with `read_attachment`. */
const attachmentInfo = z
  .object({
    attachment: z.string().describe('Handle within the message: a1, a2, …'),
    filename: z.string(),
    mimeType: z.string(),
    size: z.int().describe('Bytes after decoding.'),
    isInline: z.boolean(),
  })
  .readonly()
  .meta({ id: 'AttachmentInfo' });

/** Where a link of a text leads. */
const linkTarget = z
  .object({
    number: z.int(),
    url: z.string(),
    host: z.string(),
    isMisleading: z.boolean().describe('Whether its words name another host.'),
  })
  .readonly()
  .meta({ id: 'LinkTarget' });

const checkResult = z.enum(['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror']);

/** What the server knows of a sender. */
const senderFacts = z
  .object({
    spf: checkResult.exactOptional(),
    dkim: checkResult.exactOptional(),
    dmarc: checkResult.exactOptional(),
    isFirstContact: z
      .boolean()
      .exactOptional()
      .describe('Nothing came from this address before, nothing was sent to it.'),
    looksLikeKnown: z.boolean().exactOptional().describe('Its domain looks like a known one, but is another.'),
    mixesAlphabets: z.boolean().exactOptional(),
    nameShowsAnotherAddress: z.boolean().exactOptional(),
    repliesElsewhere: z.boolean().exactOptional().describe('Reply-To is of another domain.'),
  })
  .readonly()
  .meta({ id: 'SenderFacts' });

export type SenderView = z.output<typeof senderFacts>;

/** A message as it is read. */
export const message = messageSummary
  .unwrap()
  .extend({
    replyTo: z.string(),
    messageId: z.string().describe('The Message-ID header without angle brackets.'),
    references: z.array(z.string()).readonly(),
    text: z.string().optional(),
    ownText: z
      .string()
      .optional()
      .describe(
        'The text without what earlier messages of its thread say; "[12 quoted lines]" where it is cut in between.',
      ),
    foldedLines: z.int().optional().describe('Lines that ownText leaves out.'),
    html: z.string().optional(),
    linkHosts: z
      .array(z.object({ number: z.int(), host: z.string() }).readonly())
      .readonly()
      .optional()
      .describe('Where the links of the text lead, by the numbers behind their words: [3].'),
    links: z.array(linkTarget).readonly().optional(),
    remainingChars: z.int().optional().describe('Characters of the body that maxChars cut off.'),
    nextOffset: z.int().optional().describe('The offset to go on from.'),
    hiddenChars: z.int().optional().describe('Characters of text that the HTML hides from a reader, left out of text.'),
    hiddenText: z.string().optional().describe('What they say.'),
    plainDiffers: z
      .boolean()
      .optional()
      .describe('Whether the plain text part says something else than the HTML, which is what a person sees.'),
    sender: senderFacts.optional().describe("The receiving server's own checks, and what else is known of the sender."),
    kinds: z.array(messageKind).readonly().optional().describe('What it is beside a text: an invitation, a report, …'),
    notes: z.array(z.string()).readonly().optional().describe('What else a reader has to know of the body.'),
    attachments: z.array(attachmentInfo).readonly(),
    problem: z.string().optional().describe('Why only the header could be read.'),
  })
  .readonly()
  .meta({ id: 'Message' });

export type MessageSummaryView = z.output<typeof messageSummary>;
export type DraftSummaryView = z.output<typeof draftSummary>;
export type ThreadSummaryView = z.output<typeof threadSummary>;
export type MessageView = z.output<typeof message>;

const changedMessage = z
  .object({ id: z.string(), threadId: z.string(), labelIds: z.array(z.string()).readonly() })
  .readonly()
  .meta({ id: 'ChangedMessage' });
const messageChange = z.object({ message: changedMessage }).readonly();
const labelChange = z.object({ message: changedMessage, labelIds: z.array(z.string()).readonly() }).readonly();

/** One step of the mailbox's history, in Gmail's lists; `messages` alone where it tells nothing of them. */
export const historyRecord = z
  .object({
    id: decimal,
    messages: z
      .array(z.object({ id: z.string(), threadId: z.string() }).readonly())
      .readonly()
      .optional(),
    messagesAdded: z.array(messageChange).readonly().optional(),
    messagesDeleted: z.array(messageChange).readonly().optional(),
    labelsAdded: z.array(labelChange).readonly().optional(),
    labelsRemoved: z.array(labelChange).readonly().optional(),
  })
  .readonly()
  .meta({ id: 'HistoryRecord' });
