import type { Profile } from '../../mail/mailbox.ts';
import type { MailCache } from '../cache/mail-cache.ts';
import type { Standing } from '../../store/sqlite/mail-cache/standing.ts';
import type { ApiHistoryRecord } from '../client/api-schemas.ts';
import { apiHistory, apiProfile } from '../client/api-schemas.ts';
import { undefinedIfNotFound } from '../../core/undefined-if-not-found.ts';
import type { ReadHistory } from '../account-observer.ts';
import { ask } from '../client/ask.ts';
import type { GmailClient } from '../client/gmail-client.ts';
import { userId } from './gmail-context.ts';
import { recordOf } from './read-history.ts';
import type { SingleFlight } from './single-flight.ts';

/** Keeps a cache at the newest state of its mailbox. */
export interface Follower {
  /**
   * Makes sure that what the cache knows of labels is not older than `freshMs`, and none of our changes is missing. Costs
   * nothing, or one `history.list`; at the very first one `getProfile`.
   */
  ensureFresh(): Promise<void>;
  /** The profile, asked of Gmail. Where nothing is followed yet, that begins with what it says. */
  readProfile(): Promise<Profile>;
}

/** Gmail's largest page. */
const maxResults = 500;
/** After so many pages of changes it costs less to read anew what is asked for. */
const maxPages = 10;

/** A follower of one mailbox. */
export function createFollower(
  client: GmailClient,
  cache: MailCache,
  share: SingleFlight,
  nowMs: () => number,
  onRead: (history: ReadHistory) => Promise<void>,
): Follower {
  async function begin(start: Standing): Promise<Profile> {
    const verifiedMs = nowMs();
    const profile = await askProfile();
    cache.begin(start, profile.historyId, verifiedMs);
    return profile;
  }

  const askProfile = (): Promise<Profile> => ask(apiProfile, client.users.getProfile({ userId }));

  async function follow(start: Standing, startHistoryId: string): Promise<void> {
    const verifiedMs = nowMs();
    const history = await readHistory(client, startHistoryId);
    if (history === undefined) {
      await begin(start);
      return;
    }
    cache.apply({ start, verifiedMs, ...history });
    const { records, historyId } = history;
    await onRead({ from: startHistoryId, to: historyId, records: records.map(recordOf), readMs: verifiedMs });
  }

  return {
    async ensureFresh() {
      const standing = cache.standing();
      if (standing === undefined || standing.isFresh) return;
      const { historyId } = standing;
      await share('follow', async () => {
        if (historyId === undefined) await begin(standing);
        else await follow(standing, historyId);
      });
    },
    async readProfile() {
      const standing = cache.standing();
      return standing === undefined || standing.historyId !== undefined ? askProfile() : begin(standing);
    },
  };
}

/** Everything after a history id, or undefined where Gmail no longer has it or it is too much. */
async function readHistory(
  client: GmailClient,
  startHistoryId: string,
): Promise<{ readonly records: readonly ApiHistoryRecord[]; readonly historyId: string } | undefined> {
  const records: ApiHistoryRecord[] = [];
  let pageToken: string | undefined;
  let newest: string | undefined;
  for (let count = 0; count < maxPages; count += 1) {
    const request = { userId, startHistoryId, maxResults, ...(pageToken === undefined ? {} : { pageToken }) };
    const page = await undefinedIfNotFound(ask(apiHistory, client.users.history.list(request)));
    if (page === undefined) return undefined;
    records.push(...page.history);
    // Of the first page: what comes while the others are read is not in them.
    newest ??= page.historyId;
    if (page.nextPageToken === undefined) return { records, historyId: newest ?? startHistoryId };
    pageToken = page.nextPageToken;
  }
  return undefined;
}
