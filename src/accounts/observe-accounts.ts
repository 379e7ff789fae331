import type { AccountObserver } from '../gmail/account-observer.ts';
import type { Feed } from '../store/feed/feed.ts';
import { eventsOf } from '../store/feed/follow-history.ts';
import { feedOrLogged } from './feed-or-logged.ts';

/** Gmail's history may be that late with a change. */
const historyLagMs = 60_000;

/** Writes into the feed what becomes known of live accounts. A feed that fails is logged and keeps nobody from their mail. */
export function observeAccounts(feed: () => Feed): AccountObserver {
  return {
    readHistory: (account, { from, to, records, readMs }) =>
      feedOrLogged(account, () =>
        feed().bring({
          account,
          from,
          to,
          events: records.flatMap(eventsOf),
          isComplete: true,
          settledMs: readMs - historyLagMs,
          cause: () => ({ by: 'google' }),
        }),
      ),
    lostLogin: (account) =>
      feedOrLogged(account, () =>
        feed().append([{ account, kind: 'accountState', ids: {}, state: 'reauthRequired', cause: { by: 'google' } }]),
      ),
  };
}
