import type { Job } from '../../core/jobs/job.ts';
import type { Services } from '../../operations/kernel/services.ts';
import { pendingWebhooks } from '../../events/pending-webhooks.ts';

/** How long after an event its webhooks are told, at most, while nothing is in the way. */
const everyMs = 1000;
const dayMs = 24 * 60 * 60 * 1000;
/** How long what became of deliveries can be seen. */
const keptMs = 7 * dayMs;

type Parts = Pick<Services, 'accounts' | 'safety' | 'feed' | 'webhooks' | 'timeZone' | 'now'>;

/** Tells webhooks of events, and forgets old deliveries. Nothing is opened before there is a webhook. */
export function webhookJobs(services: Parts, random: () => number): readonly Job[] {
  const { accounts, safety, feed, webhooks, now } = services;
  return [
    {
      name: 'webhooks',
      summary: 'Tells webhooks of events, and tries again where that failed.',
      everyMs,
      retryMs: { first: 5000, most: 60_000 },
      isNeeded: async () =>
        webhooks.hasAny() && (await pendingWebhooks({ store: webhooks.store(), feed: feed.feed(), now })).length > 0,
      async run(turn) {
        // Most homes have no webhook: a start does not read what one needs.
        const [{ dispatchWebhooks }, { createHttpClient }] = await Promise.all([
          import('../../events/dispatch-webhooks.ts'),
          import('../../core/egress/http-client.ts'),
        ]);
        const http = createHttpClient({ reach: await safety.egress() });
        try {
          return await dispatchWebhooks(
            {
              store: webhooks.store(),
              feed: feed.feed(),
              http,
              random,
              now,
              open: (account) => accounts.open(account),
              timeZone: () => services.timeZone,
            },
            turn,
          );
        } finally {
          http.close();
        }
      },
    },
    {
      name: 'webhooks-prune',
      summary: 'Forgets what became of deliveries a week ago.',
      everyMs: dayMs,
      retryMs: { first: 60_000, most: dayMs },
      isNeeded: () => webhooks.hasAny(),
      run: async () => ({ facts: { forgotten: await webhooks.store().prune(now() - keptMs) } }),
    },
  ];
}
