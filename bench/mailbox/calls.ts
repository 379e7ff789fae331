import * as z from 'zod';
import type { MailServer } from './mail-server.ts';
import { searches, type Search } from './searches.ts';

/** A call of a server that is measured. */
export interface Call {
  readonly name: string;
  readonly run: (round: number) => Promise<string>;
  /** What it is a search for. */
  readonly search?: Search;
}

const found = z.object({ messages: z.array(z.object({ id: z.string(), threadId: z.string() })) });
const counted = z.object({
  messages: z.array(z.unknown()),
  nextPageToken: z.string().optional(),
  total: z.object({ count: z.int(), isMore: z.boolean() }).optional(),
});
/** As many as `notmuch search --limit` is asked for. */
export const listed = 50;

/** `12`, `1000+`, or `50+` where the hits are not counted. */
export function hitsIn(answer: string): string {
  const { messages, nextPageToken, total } = counted.parse(JSON.parse(answer));
  const { count, isMore } = total ?? { count: messages.length, isMore: nextPageToken !== undefined };
  return `${count}${isMore ? '+' : ''}`;
}

function pathOf(resource: 'messages' | 'threads', q: string, maxResults = listed): string {
  return `/api/${resource}?${new URLSearchParams({ q, maxResults: `${maxResults}` }).toString()}`;
}

/** The calls, each made ready when the one before has been measured: what follows changes needs some. */
export async function* callsOf({ get, post }: MailServer): AsyncGenerator<Call> {
  for (const search of searches) {
    yield { name: search.q === '' ? '(all mail)' : search.q, run: () => get(pathOf('messages', search.q)), search };
  }
  yield { name: 'threads: package', run: () => get(pathOf('threads', 'package')) };
  const { messages } = found.parse(JSON.parse(await get(pathOf('messages', 'from:r OR package', 500))));
  const pick = (round: number) => messages[(round * 7) % messages.length];
  yield { name: 'read a message', run: (round) => get(`/api/messages/${pick(round)?.id}`) };
  yield { name: 'read a thread', run: (round) => get(`/api/threads/${pick(round)?.threadId}`) };
  yield { name: 'list labels', run: () => get('/api/labels') };
  const ids = messages.slice(0, 10).map(({ id }) => id);
  yield {
    name: 'change labels of 10 messages',
    run: (round) =>
      post('/api/messages/modify', { ids, [round % 2 === 0 ? 'addLabelIds' : 'removeLabelIds']: ['STARRED'] }),
  };
  const { historyId } = z.object({ historyId: z.string() }).parse(JSON.parse(await get('/api/profile')));
  const page = new URLSearchParams({ startHistoryId: `${Number(historyId) - 400}`, maxResults: '200' });
  yield { name: 'follow 200 changes', run: () => get(`/api/history?${page.toString()}`) };
}
