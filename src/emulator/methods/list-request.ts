import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { PageRequest, SearchRequest } from '../../mail/mailbox.ts';
import { parseQuery } from '../../mail/query/parse-query.ts';
import type { QueryNode } from '../../mail/query/query.ts';
import { invalidArgument } from '../http/google-errors.ts';
import { fromGmailPageToken, toGmailPageToken } from '../http/page-tokens.ts';

/** Gmail's for messages, threads, drafts and history alike; more is cut, none means the default. */
const defaultResults = 100;
const mostResults = 500;

/** Query parameters of every list. */
export const pageQuery = { maxResults: 'uint32', pageToken: 'string' } as const;
/** Query parameters of the lists that can be searched. */
export const searchQuery = { ...pageQuery, q: 'string', labelIds: 'string[]', includeSpamTrash: 'bool' } as const;

interface PageValues {
  readonly maxResults: number | undefined;
  readonly pageToken: string | undefined;
}

interface SearchValues extends PageValues {
  readonly q: string | undefined;
  readonly includeSpamTrash: boolean;
}

/** The page that a list call asks for, in the mailbox's own terms. */
export function pageRequestOf(mailbox: LocalMailbox, { maxResults, pageToken }: PageValues): PageRequest {
  const wanted = maxResults === undefined || maxResults === 0 ? defaultResults : Math.min(maxResults, mostResults);
  const isFirst = pageToken === undefined || pageToken === '';
  return { maxResults: wanted, ...(isFirst ? {} : { pageToken: fromGmailPageToken(mailbox, pageToken) }) };
}

/** The field of the next page, where there is one. */
export function nextPageField(mailbox: LocalMailbox, nextPageToken: string | undefined): object {
  return nextPageToken === undefined ? {} : { nextPageToken: toGmailPageToken(mailbox, nextPageToken) };
}

/** What Gmail answers as an estimate: hardly more than whether there is anything. */
export function resultSizeEstimate(shown: number, nextPageToken: string | undefined): number {
  return nextPageToken === undefined ? shown : 201;
}

/** Where the days of a query begin: Google documents Pacific time for the API. */
const queryTimeZone = 'America/Los_Angeles';

/** A query that the mailbox understands. Throws 400 naming what it does not, also where Gmail itself would take it. */
export function queryNodeOf(q: string | undefined, mailbox: LocalMailbox, nowMs: number): QueryNode {
  return parseQuery(q ?? '', { emailAddress: mailbox.emailAddress, nowMs, timeZone: queryTimeZone });
}

/** A search for messages that match `q` and have all of the labels. Throws 400 for a label that is not there. */
export async function searchRequestOf(
  values: SearchValues & { readonly labelIds: readonly string[] },
  mailbox: LocalMailbox,
  nowMs: number,
): Promise<SearchRequest> {
  const nodes = [queryNodeOf(values.q, mailbox, nowMs), ...(await labelNodes(values.labelIds, mailbox))];
  return {
    ...pageRequestOf(mailbox, values),
    query: { kind: 'and', nodes },
    includeSpamTrash: values.includeSpamTrash,
  };
}

async function labelNodes(labelIds: readonly string[], mailbox: LocalMailbox): Promise<readonly QueryNode[]> {
  if (labelIds.length === 0) return [];
  const labels = new Map((await mailbox.listLabels()).map(({ id, name }) => [id, name]));
  return labelIds.map((id) => {
    const label = labels.get(id);
    if (label === undefined) throw invalidArgument(`Invalid label: ${id}`);
    return { kind: 'label', label };
  });
}
