import { randomUUID } from 'node:crypto';
import { currentContext } from '../../core/context.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import type { MailContent, MessageSummary, ParsedMail } from '../../mail/message.ts';
import { parseOrHeaders } from '../../mail/mime/parse-or-headers.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import type { ApiMessage } from '../client/api-schemas.ts';
import type { FetchedTexts } from './write-skeleton.ts';
import { sizeInMark, writeHeader, writeSkeleton } from './write-skeleton.ts';

/** What a list shows of a message and what never changes of it. */
export type MessageFacts = Omit<MessageSummary, 'labelIds' | 'historyId'>;

/** What is read of a message; `problem` says why only its header could be. */
export interface MessageBody {
  readonly content: MailContent;
  readonly problem?: string;
}

/** A message as Gmail answered it: what never changes, and the labels it had at a point of the mailbox's history. */
export interface FetchedMessage {
  readonly facts: MessageFacts;
  readonly labelIds: readonly string[];
  readonly historyId: string;
  readonly body?: MessageBody;
  readonly raw?: Uint8Array;
}

/** How long one message may take to be parsed before only its header is shown; ordinary mail takes about a millisecond. */
const parseDeadlineMs = 10_000;

const noTexts: FetchedTexts = new Map();

/** A message that was asked for without the bytes of its parts: enough for a list. */
export async function readHit(message: ApiMessage): Promise<FetchedMessage> {
  const { parsed } = await parsePayload(message, noTexts);
  return { ...stateOf(message), facts: factsOf(message, parsed) };
}

/** A message that was asked for with its texts. `texts` are those that Gmail left out of its answer. */
export async function readFull(message: ApiMessage, texts: FetchedTexts): Promise<FetchedMessage> {
  const { parsed, problem } = await parsePayload(message, texts);
  return { ...stateOf(message), facts: factsOf(message, parsed), body: bodyOf(parsed, problem) };
}

/** A message that was asked for as it is. */
export async function readRaw(message: ApiMessage): Promise<FetchedMessage & { readonly raw: Uint8Array }> {
  const raw = Buffer.from(message.raw ?? '', 'base64url');
  const { parsed, problem } = await parseOrHeaders(raw, parseLimits());
  return { ...stateOf(message), facts: factsOf(message, parsed), body: bodyOf(parsed, problem), raw };
}

interface Parsed {
  readonly parsed: ParsedMail;
  readonly problem?: string;
}

async function parsePayload(message: ApiMessage, texts: FetchedTexts): Promise<Parsed> {
  const payload = message.payload ?? { mimeType: 'text/plain', headers: [], parts: [] };
  const secret = randomUUID();
  const { parsed, ...rest } = await parseOrHeaders(writeSkeleton(payload, texts, secret), parseLimits());
  const attachments = parsed.attachments.map((attachment) => ({
    ...attachment,
    sizeBytes: sizeInMark(attachment.content, secret) ?? attachment.sizeBytes,
  }));
  // The skeleton has boundaries of its own.
  const { headers } = parseHeadersOnly(writeHeader(payload));
  return { ...rest, parsed: { ...parsed, attachments, headers } };
}

function parseLimits(): { readonly deadlineMs: number; readonly signal?: AbortSignal } {
  const signal = currentContext()?.signal;
  return { deadlineMs: parseDeadlineMs, ...(signal === undefined ? {} : { signal }) };
}

function stateOf({ labelIds, historyId }: ApiMessage): Pick<FetchedMessage, 'labelIds' | 'historyId'> {
  return { labelIds, historyId };
}

function factsOf(message: ApiMessage, parsed: ParsedMail): MessageFacts {
  const { id, threadId, internalDate, sizeEstimate, snippet } = message;
  return {
    id,
    threadId,
    internalDate,
    sizeEstimate,
    from: formatAddresses(parsed.from),
    to: formatAddresses(parsed.to),
    cc: formatAddresses(parsed.cc),
    bcc: formatAddresses(parsed.bcc),
    subject: parsed.subject,
    snippet: unescapeSnippet(snippet),
    attachmentNames: parsed.attachments.map(({ filename }) => filename),
  };
}

function bodyOf(parsed: ParsedMail, problem: string | undefined): MessageBody {
  const attachments = parsed.attachments.map(({ filename, mimeType, isInline, contentId, sizeBytes }) => ({
    filename,
    mimeType,
    isInline,
    ...(contentId === undefined ? {} : { contentId }),
    sizeBytes,
  }));
  return { content: { ...parsed, attachments }, ...(problem === undefined ? {} : { problem }) };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Gmail escapes snippets for HTML. */
function unescapeSnippet(snippet: string): string {
  return snippet.replaceAll(
    /&(?:#(\d{1,7})|(\w+));/g,
    (escaped, code: string | undefined, name: string | undefined) => {
      if (code === undefined) return entities[name ?? ''] ?? escaped;
      return Number(code) <= 0x10_ff_ff ? String.fromCodePoint(Number(code)) : escaped;
    },
  );
}
