import { randomUUID } from 'node:crypto';
import { currentContext } from '../../core/context.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import type { MailContent, MessageSummary, ParsedMail } from '../../mail/message.ts';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import { isUnverified, readVerdict } from '../../mail/sender/read-verdict.ts';
import type { ApiMessage, ApiPart } from '../client/api-schemas.ts';
import { hasDoubtfulAddresses } from './address-headers.ts';
import type { PartTexts } from './write-skeleton.ts';
import { sizeInMark, writeHeader, writeSkeleton } from './write-skeleton.ts';

/** What a list shows of a message and what never changes of it. */
export type MessageFacts = Omit<MessageSummary, 'labelIds' | 'historyId'>;

/** What is read of a message; see `ReadableMessage`. */
export interface MessageBody {
  readonly content: MailContent;
  readonly hasDoubtfulAddresses: boolean;
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

const noTexts: PartTexts = new Map();

/** A message that was asked for without the bytes of its parts: enough for a list. */
export async function readHit(message: ApiMessage): Promise<FetchedMessage> {
  const { parsed } = await parsePayload(message, noTexts);
  return { ...stateOf(message), facts: factsOf(message, parsed) };
}

/** A message that was asked for with its texts, as far as it can be read with those that are known. */
export interface ReadWithTexts {
  readonly fetched: FetchedMessage;
  /** Parts that are text to a reader and whose text was not given. */
  readonly missing: readonly ApiPart[];
}

/**
 * A message that was asked for with its texts. `texts` are those that Gmail left out of its answer, or that were taken
 * for files; `own` is the address of the mailbox.
 */
export async function readFull(message: ApiMessage, texts: PartTexts, own: string): Promise<ReadWithTexts> {
  const { parsed, problem, missing } = await parsePayload(message, texts);
  const isDoubtful = hasDoubtfulAddresses(payloadOf(message), own);
  return {
    fetched: { ...stateOf(message), facts: factsOf(message, parsed), body: bodyOf(parsed, isDoubtful, problem) },
    missing,
  };
}

/** A message that was asked for as it is. */
export async function readRaw(message: ApiMessage): Promise<FetchedMessage & { readonly raw: Uint8Array }> {
  const raw = Buffer.from(message.raw ?? '', 'base64url');
  const { parsed, problem } = await parseOrHeaders(raw, parseLimits());
  return { ...stateOf(message), facts: factsOf(message, parsed), body: bodyOf(parsed, false, problem), raw };
}

interface Parsed {
  readonly parsed: ParsedMail;
  readonly missing: readonly ApiPart[];
  readonly problem?: string;
}

function payloadOf({ payload }: ApiMessage): ApiPart {
  return payload ?? { mimeType: 'text/plain', headers: [], parts: [] };
}

async function parsePayload(message: ApiMessage, texts: PartTexts): Promise<Parsed> {
  const payload = payloadOf(message);
  const secret = randomUUID();
  const { bytes, marked } = writeSkeleton(payload, texts, secret);
  const { parsed, ...rest } = await parseOrHeaders(bytes, parseLimits());
  const attachments = parsed.attachments.map((attachment) => ({
    ...attachment,
    sizeBytes: sizeInMark(attachment.content, secret) ?? attachment.sizeBytes,
  }));
  // The skeleton has boundaries of its own.
  const { headers } = parseHeadersOnly(writeHeader(payload));
  const { shown, missing } = withoutMarks(parsed, secret, marked);
  return { ...rest, missing, parsed: { ...shown, attachments, headers } };
}

/** The message without the marks that the parser took for text, and the parts that they stand for. */
function withoutMarks(
  parsed: ParsedMail,
  secret: string,
  marked: readonly ApiPart[],
): { readonly shown: ParsedMail; readonly missing: readonly ApiPart[] } {
  const pattern = new RegExp(`${secret}:\\d+:(\\d+)`, 'g');
  const missing = new Set<ApiPart>();
  const clean = (text: string): string =>
    text.replaceAll(pattern, (_, number: string) => {
      const part = marked[Number(number)];
      if (part !== undefined) missing.add(part);
      return '';
    });
  const { text, html } = parsed;
  const shown = {
    ...parsed,
    ...(text === undefined ? {} : { text: clean(text) }),
    ...(html === undefined ? {} : { html: clean(html) }),
  };
  return { shown, missing: [...missing] };
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
    ...(isUnverified(readVerdict(parsed.headers, true)) ? { isUnverified: true } : {}),
  };
}

function bodyOf(parsed: ParsedMail, hasDoubtfulAddresses: boolean, problem: string | undefined): MessageBody {
  const attachments = parsed.attachments.map(({ filename, mimeType, isInline, contentId, sizeBytes }) => ({
    filename,
    mimeType,
    isInline,
    ...(contentId === undefined ? {} : { contentId }),
    sizeBytes,
  }));
  return {
    content: { ...parsed, attachments },
    hasDoubtfulAddresses,
    ...(problem === undefined ? {} : { problem }),
  };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Gmail escapes snippets for HTML. */
export function unescapeSnippet(snippet: string): string {
  return snippet.replaceAll(
    /&(?:#(\d{1,7})|(\w+));/g,
    (escaped, code: string | undefined, name: string | undefined) => {
      if (code === undefined) return entities[name ?? ''] ?? escaped;
      return Number(code) <= 0x10_ff_ff ? String.fromCodePoint(Number(code)) : escaped;
    },
  );
}
