import type { AppError } from '../../core/errors.ts';
import type { ListedPage } from '../../store/sqlite/mail-cache/page-rows.ts';
import { orRefused } from '../client/ask.ts';
import type { GmailContext } from './gmail-context.ts';

/**
 * A page of a list: from the cache while nothing has changed since it was listed, else asked of Gmail with `list`. `key`
 * tells the list and the page from all others. Afterwards the cache is fresh.
 */
export async function readPage(
  { cache, follower, share, nowMs }: GmailContext,
  key: string,
  list: () => Promise<ListedPage>,
): Promise<ListedPage> {
  if (cache.page(key) !== undefined) {
    await follower.ensureFresh();
    const page = cache.page(key);
    if (page !== undefined) return page;
  }
  return share(`page ${key}`, async () => {
    const before = cache.standing();
    const listedMs = nowMs();
    const [page] = await Promise.all([orRefused(list(), pageTokenAtFault), follower.ensureFresh()]);
    // The list and the history may be one round trip apart, so a page with news is good for `freshMs` and no longer
    // (`isPageCurrent`). A change of ours in between would be missing in it for certain.
    const after = cache.standing();
    if (after?.historyId !== undefined && after.writes === before?.writes) cache.storePage(key, after, listedMs, page);
    return page;
  });
}

/** The field of a refused list that is at fault: Google's page tokens grow old. */
export function pageTokenAtFault({ message }: AppError): string | undefined {
  return /page ?token/i.test(message) ? 'pageToken' : undefined;
}
