import type { MessageSummary, RawMessage, ReadableMessage } from '../../mail/message.ts';
import { mapLimited } from '../batch/map-limited.ts';
import type { ApiMessage, ApiPart } from '../client/api-schemas.ts';
import { apiAttachment, apiMessage } from '../client/api-schemas.ts';
import { ask, orNotFound } from '../client/ask.ts';
import type { FetchedMessage } from '../content/fetched-message.ts';
import { readFull, readHit, readRaw } from '../content/fetched-message.ts';
import { hitFields } from '../content/field-masks.ts';
import { hasUnreadableFile, missingTexts } from '../content/part-kind.ts';
import type { PartText, PartTexts } from '../content/write-skeleton.ts';
import { inlineText } from '../content/write-skeleton.ts';
import type { GmailContext } from './gmail-context.ts';
import { userId } from './gmail-context.ts';
import { checkId, notFound } from './not-found.ts';

/** Large or named texts of one message that are fetched at once. */
const maxTextsAtOnce = 2;

/** A fetched message as a list shows it. */
export function summaryOf({ facts, labelIds, historyId }: FetchedMessage): MessageSummary {
  return { ...facts, labelIds, historyId };
}

/**
 * Summaries by id, from the cache or fetched in few requests; an id of nothing is missing. The caller has seen to it that
 * the cache is fresh.
 */
export async function readSummaries(
  context: GmailContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MessageSummary>> {
  const { cache, client, getMany } = context;
  const known = await cache.summaries(ids);
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  const standing = cache.standing();
  const found = await getMany(missing, {
    methodId: 'gmail.users.messages.get',
    targetOf: (id) => `/gmail/v1/users/me/messages/${id}?format=full&fields=${encodeURIComponent(hitFields)}`,
    schema: apiMessage,
    getOne: (id) => ask(apiMessage, client.users.messages.get({ userId, id, format: 'full', fields: hitFields })),
  });
  const hits = await Promise.all(Array.from(found.values(), readHit));
  await cache.store(hits, standing);
  return new Map([...known, ...hits.map((hit) => [hit.facts.id, summaryOf(hit)] as const)]);
}

/** Summaries in the order of `ids`, without those that are gone. */
export async function readInOrder(context: GmailContext, ids: readonly string[]): Promise<readonly MessageSummary[]> {
  const summaries = await readSummaries(context, ids);
  return ids.flatMap((id) => summaries.get(id) ?? []);
}

/** A message as it is read. Throws `NOT_FOUND`. */
export function getMessage(context: GmailContext, id: string): Promise<ReadableMessage> {
  checkId('message', id);
  return context.share(`message ${id}`, async () => {
    const { cache, client } = context;
    const body = await cache.body(id);
    const summary = await freshSummary(context, id, body !== undefined);
    if (body !== undefined && summary !== undefined) return { summary, ...body };
    const standing = cache.standing();
    const asked = ask(apiMessage, client.users.messages.get({ userId, id, format: 'full' }));
    const message = await readWhole(context, await orNotFound(asked, () => notFound('message', id)));
    await cache.store([message.fetched], standing);
    return message.readable;
  });
}

/** A message with its bytes. Throws `NOT_FOUND`. */
export function getRawMessage(context: GmailContext, id: string): Promise<RawMessage> {
  checkId('message', id);
  return context.share(`raw ${id}`, async () => {
    const { cache, client } = context;
    const raw = await cache.raw(id);
    const summary = await freshSummary(context, id, raw !== undefined);
    if (raw !== undefined && summary !== undefined) return { summary, raw };
    const standing = cache.standing();
    const asked = ask(apiMessage, client.users.messages.get({ userId, id, format: 'raw' }));
    const message = await readRaw(await orNotFound(asked, () => notFound('message', id)));
    await cache.store([message], standing);
    return { summary: summaryOf(message), raw: message.raw };
  });
}

/** The summary of a message whose content is in the cache; where it is not, the cache only begins to follow. */
async function freshSummary(
  { cache, follower }: GmailContext,
  id: string,
  isHere: boolean,
): Promise<MessageSummary | undefined> {
  const hasBegun = cache.standing()?.historyId !== undefined;
  if (isHere || !hasBegun) await follower.ensureFresh();
  return isHere ? (await cache.summaries([id])).get(id) : undefined;
}

/** A message that was asked for with its texts, as it is read and as it is kept. */
export async function readWhole(
  context: GmailContext,
  message: ApiMessage,
): Promise<{ readonly fetched: FetchedMessage; readonly readable: ReadableMessage }> {
  const fetched = await readTexts(context, message);
  const body = fetched.body;
  if (body === undefined) throw new Error(`message ${message.id} was read without its body`);
  return { fetched, readable: { summary: summaryOf(fetched), ...body } };
}

async function readTexts(context: GmailContext, message: ApiMessage): Promise<FetchedMessage> {
  const { client, emailAddress } = context;
  const { id, payload } = message;
  if (payload !== undefined && hasUnreadableFile(payload)) {
    return readRaw(await ask(apiMessage, client.users.messages.get({ userId, id, format: 'raw' })));
  }
  const texts = await fetchTexts(context, id, payload === undefined ? [] : missingTexts(payload));
  const { fetched, missing } = await readFull(message, texts, emailAddress);
  if (missing.length === 0) return fetched;
  const more = await fetchTexts(context, id, missing);
  return (await readFull(message, new Map([...texts, ...more]), emailAddress)).fetched;
}

/** Texts of parts, as they are in the answer or, where Gmail left them out because they are large or have a name, fetched. */
async function fetchTexts({ client }: GmailContext, id: string, parts: readonly ApiPart[]): Promise<PartTexts> {
  const texts = await mapLimited(parts, maxTextsAtOnce, async (part): Promise<readonly [ApiPart, PartText]> => {
    const inline = inlineText(part);
    if (inline !== undefined) return [part, inline];
    const attachmentId = part.body?.attachmentId;
    if (attachmentId === undefined) return [part, { bytes: new Uint8Array(), isUtf8: true }];
    const request = { userId, messageId: id, id: attachmentId };
    const { data } = await ask(apiAttachment, client.users.messages.attachments.get(request));
    return [part, { bytes: Buffer.from(data, 'base64url'), isUtf8: false }];
  });
  return new Map(texts);
}
