import { openSubscription } from '../../gmail/push/open-subscription.ts';
import type { Check } from './finding.ts';

const name = 'pubsub';

/** Whether Gmail's notices can be pulled: the key, the subscription, and that it is of the topic that is watched. */
export const checkPubsub: Check = {
  name,
  async run({ configuration: { pubsub, oauthRootUrl, backend } }) {
    if (pubsub === undefined || backend === 'local') return [];
    const subscription = openSubscription(pubsub, { oauthRootUrl, now: Date.now });
    try {
      const topic = await subscription.topic();
      if (topic === pubsub.topic) {
        return [{ name, state: 'ok', found: `${pubsub.subscription} can be read; it is of ${topic}` }];
      }
      return [
        {
          name,
          state: 'fault',
          found: `${pubsub.subscription} is of the topic ${topic}, and Gmail publishes to ${pubsub.topic}.`,
          fix: `Set GMAIL_PUBSUB_TOPIC=${topic}, or name a subscription of the other topic in GMAIL_PUBSUB_SUBSCRIPTION.`,
        },
      ];
    } finally {
      subscription.close();
    }
  },
};
