import type { AccountObserver } from '../gmail/account-observer.ts';
import type { Feed } from '../store/feed/feed.ts';
import type { Cause } from '../store/feed/event.ts';
import { isLater } from '../store/feed/history-ids.ts';
import { eventsOf } from '../store/feed/follow-history.ts';
import { feedOrLogged } from './feed-or-logged.ts';

/** Gmail's history may be that late with a change. */
const historyLagMs = 60_000;

const cause = (): Cause => ({ by: 'google' });

/** Writes into the feed what becomes known of live accounts. A feed that fails is logged and keeps nobody from their mail. */
export function observeAccounts(feed: () => Feed): AccountObserver {
  return {
    readHistory: (account, { from, to, records, readMs }) =>
      feedOrLogged(account, async () => {
        const followedTo = await feed().followedTo(account);
        // What lies in between is read by whoever follows the account for the feed; this would leave it out.
        if (followedTo !== undefined && isLater(from, followedTo)) return;
        const events = records.flatMap(eventsOf);
        await feed().bring({ account, from, to, events, isComplete: true, settledMs: readMs - historyLagMs, cause });
      }),
    lostHistory: (account, historyId) =>
      feedOrLogged(account, async () => {
        const followedTo = await feed().followedTo(account);
        if (followedTo === undefined || !isLater(historyId, followedTo)) return;
        const piece = { account, from: historyId, to: historyId, events: [], isComplete: true, cause };
        await feed().bring({ ...piece, settledMs: 0 });
      }),
    lostLogin: (account) =>
      feedOrLogged(account, () =>
        feed().append([{ account, kind: 'accountState', ids: {}, state: 'reauthRequired', cause: { by: 'google' } }]),
      ),
  };
}
