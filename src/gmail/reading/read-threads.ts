import type { SearchRequest, Thread, ThreadPage, ThreadSummary } from '../../mail/mailbox.ts';
import type { MessageSummary, ReadableMessage } from '../../mail/message.ts';
import { isLater } from '../../store/sqlite/mail-cache/standing.ts';
import { apiThread, apiThreadList } from '../client/api-schemas.ts';
import { ask, orNotFound } from '../client/ask.ts';
import { readHit } from '../content/fetched-message.ts';
import { threadHitFields } from '../content/field-masks.ts';
import type { GmailContext } from './gmail-context.ts';
import { userId } from './gmail-context.ts';
import { readPage } from './list-page.ts';
import { checkId, notFound } from './not-found.ts';
import { searchScope } from '../../mail/page-scope.ts';
import { wrapPageToken } from './page-token.ts';
import { readWhole, summaryOf } from './read-messages.ts';
import { stateCheck } from './state-labels.ts';
import { searchParameters } from './search-messages.ts';

/** A thread with its messages. Throws `NOT_FOUND`. */
export function getThread(context: GmailContext, id: string): Promise<Thread> {
  checkId('thread', id);
  return context.share(`thread ${id}`, async () => {
    const { cache, client, follower } = context;
    const isHere = cache.thread(id) !== undefined;
    if (isHere || cache.standing()?.historyId === undefined) await follower.ensureFresh();
    const known = await knownThread(context, id);
    if (known !== undefined) return known;
    const standing = cache.standing();
    const asked = ask(apiThread, client.users.threads.get({ userId, id, format: 'full' }));
    const thread = await orNotFound(asked, () => notFound('thread', id));
    if (thread.messages.length === 0) throw notFound('thread', id);
    const messages = await Promise.all(thread.messages.map((message) => readWhole(context, message)));
    await cache.store(
      messages.map(({ fetched }) => fetched),
      standing,
    );
    if (standing !== undefined) cache.storeThread(id, standing, idsOf(thread.messages));
    return threadOf(
      thread.id,
      messages.map(({ readable }) => readable),
    );
  });
}

/** A page of the threads of which a message matches: one list, and batches for those that are not in the cache. */
export async function searchThreads(context: GmailContext, request: SearchRequest): Promise<ThreadPage> {
  const scope = searchScope(context.emailAddress, 'threads', request);
  const parameters = searchParameters(request, scope);
  const page = await readPage(context, `threads ${JSON.stringify(parameters)}`, async () => {
    const listed = await ask(apiThreadList, context.client.users.threads.list(parameters));
    return { entries: listed.threads, nextPageToken: listed.nextPageToken };
  });
  const ids = idsOf(page.entries);
  const threads = await readThreadSummaries(context, ids);
  const isAsAsked = stateCheck(request.query);
  return {
    threads: ids.flatMap((id) => threads.get(id) ?? []).filter(({ messages }) => messages.some(isAsAsked)),
    ...(page.nextPageToken === undefined ? {} : { nextPageToken: wrapPageToken(page.nextPageToken, scope) }),
  };
}

async function readThreadSummaries(
  context: GmailContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ThreadSummary>> {
  const { cache, client, getMany } = context;
  const threads = new Map<string, ThreadSummary>();
  for (const id of ids) {
    const messages = await knownSummaries(context, id);
    if (messages !== undefined) threads.set(id, { id, historyId: newestHistoryId(messages), messages });
  }
  const standing = cache.standing();
  const missing = ids.filter((id) => !threads.has(id));
  const found = await getMany(missing, {
    methodId: 'gmail.users.threads.get',
    targetOf: (id) => `/gmail/v1/users/me/threads/${id}?format=full&fields=${encodeURIComponent(threadHitFields)}`,
    schema: apiThread,
    getOne: (id) => ask(apiThread, client.users.threads.get({ userId, id, format: 'full', fields: threadHitFields })),
  });
  const read = Array.from(found, async ([id, thread]) => ({
    id,
    hits: await Promise.all(thread.messages.map(readHit)),
  }));
  const filled = (await Promise.all(read)).filter(({ hits }) => hits.length > 0);
  await cache.store(
    filled.flatMap(({ hits }) => hits),
    standing,
  );
  for (const { id, hits } of filled) {
    const messages = hits.map(summaryOf);
    if (standing !== undefined) cache.storeThread(id, standing, idsOf(messages));
    threads.set(id, { id, historyId: newestHistoryId(messages), messages });
  }
  return threads;
}

function idsOf(messages: readonly { readonly id: string }[]): readonly string[] {
  return messages.map(({ id }) => id);
}

/** Summaries of a thread's messages, or undefined when not all of them are in the cache. */
async function knownSummaries({ cache }: GmailContext, id: string): Promise<readonly MessageSummary[] | undefined> {
  const ids = cache.thread(id);
  if (ids === undefined || ids.length === 0) return undefined;
  const summaries = await cache.summaries(ids);
  const messages = ids.flatMap((messageId) => summaries.get(messageId) ?? []);
  return messages.length === ids.length ? messages : undefined;
}

async function knownThread(context: GmailContext, id: string): Promise<Thread | undefined> {
  const summaries = await knownSummaries(context, id);
  if (summaries === undefined) return undefined;
  const messages: ReadableMessage[] = [];
  for (const summary of summaries) {
    const body = await context.cache.body(summary.id);
    if (body === undefined) return undefined;
    messages.push({ summary, ...body });
  }
  return threadOf(id, messages);
}

function threadOf(id: string, messages: readonly ReadableMessage[]): Thread {
  return { id, historyId: newestHistoryId(messages.map(({ summary }) => summary)), messages };
}

function newestHistoryId(messages: readonly MessageSummary[]): string {
  return messages.reduce((newest, { historyId }) => (isLater(historyId, newest) ? historyId : newest), '0');
}
