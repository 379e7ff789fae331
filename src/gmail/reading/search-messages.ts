import type { MessagePage, SearchRequest } from '../../mail/mailbox.ts';
import { searchScope, type PageScope } from '../../mail/page-scope.ts';
import { printQuery } from '../../mail/query/print-query.ts';
import { apiMessageList } from '../client/api-schemas.ts';
import type { ListedPage } from '../../store/sqlite/mail-cache/page-rows.ts';
import { ask, orRefused } from '../client/ask.ts';
import type { GmailContext } from './gmail-context.ts';
import { userId } from './gmail-context.ts';
import { pageTokenAtFault, readPage } from './list-page.ts';
import { unwrapPageToken, wrapPageToken } from './page-token.ts';
import { readInOrder } from './read-messages.ts';
import { stateCheck } from './state-labels.ts';

/** A search as Gmail is asked for it. */
export function searchParameters(
  request: SearchRequest,
  scope: PageScope,
): { userId: string; q: string; includeSpamTrash: boolean; maxResults: number; pageToken?: string } {
  const { query, includeSpamTrash, maxResults, pageToken } = request;
  return {
    userId,
    q: printQuery(query),
    includeSpamTrash,
    maxResults,
    ...(pageToken === undefined ? {} : { pageToken: unwrapPageToken(pageToken, scope) }),
  };
}

/** A page of the messages that match: one list, and as many batches as hits that are not in the cache fill. */
export async function searchMessages(context: GmailContext, request: SearchRequest): Promise<MessagePage> {
  const scope = searchScope(context.emailAddress, 'messages', request);
  const parameters = searchParameters(request, scope);
  const list = async (): Promise<ListedPage> => {
    const listed = await ask(apiMessageList, context.client.users.messages.list(parameters));
    return { entries: listed.messages, nextPageToken: listed.nextPageToken };
  };
  const page = await (request.mayBeOld === true
    ? orRefused(list(), pageTokenAtFault)
    : readPage(context, `messages ${JSON.stringify(parameters)}`, list));
  const messages = await readInOrder(
    context,
    page.entries.map(({ id }) => id),
  );
  return {
    messages: messages.filter(stateCheck(request.query)),
    ...(page.nextPageToken === undefined ? {} : { nextPageToken: wrapPageToken(page.nextPageToken, scope) }),
  };
}
