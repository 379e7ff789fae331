import { randomBytes } from 'node:crypto';

/** A message as a subscriber gets it (cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage). */
interface PubsubMessage {
  /** Base64. */
  readonly data: string;
  readonly messageId: string;
  /** ISO 8601. */
  readonly publishTime: string;
}

/** A message on its way to a subscriber, who has to acknowledge it. */
interface ReceivedMessage {
  readonly ackId: string;
  readonly message: PubsubMessage;
}

/** Topics and the subscriptions to them, by their whole names. */
export interface Subscriptions {
  /** Makes a topic that is not there. */
  readonly createTopic: (topic: string) => void;
  /** Makes a subscription, or says `false` where there is one of this name. Makes its topic, too. */
  readonly subscribe: (subscription: string, topic: string) => boolean;
  readonly topicOf: (subscription: string) => string | undefined;
  /** Hands a message to every subscription of the topic. */
  readonly publish: (topic: string, data: string) => void;
  /** Up to `most` messages that nobody has, or whose time to be acknowledged is over. */
  readonly pull: (subscription: string, most: number) => readonly ReceivedMessage[];
  readonly acknowledge: (subscription: string, ackIds: readonly string[]) => void;
  /** Gives so many seconds more to acknowledge; 0 hands the message out again. */
  readonly extend: (subscription: string, ackIds: readonly string[], seconds: number) => void;
  /** Calls back, once, as soon as something was published. */
  readonly onPublished: (listener: () => void) => void;
}

/** Google's default for a subscription that is made by its console. */
export const ackDeadlineSeconds = 10;

interface Delivery {
  readonly message: PubsubMessage;
  ackId: string;
  /** Handed out until then; 0 for one that nobody has. */
  untilMs: number;
}

/** Topics of which there are none yet. */
export function createSubscriptions(nowMs: () => number): Subscriptions {
  const topics = new Set<string>();
  const subscriptions = new Map<string, { readonly topic: string; deliveries: Delivery[] }>();
  const listeners: (() => void)[] = [];
  let published = 0;

  const deliveriesOf = (subscription: string): readonly Delivery[] => subscriptions.get(subscription)?.deliveries ?? [];

  return {
    createTopic: (topic) => void topics.add(topic),
    subscribe(subscription, topic) {
      if (subscriptions.has(subscription)) return false;
      topics.add(topic);
      subscriptions.set(subscription, { topic, deliveries: [] });
      return true;
    },
    topicOf: (subscription) => subscriptions.get(subscription)?.topic,
    publish(topic, data) {
      published += 1;
      const messageId = String(10_000_000_000 + published);
      const message = { data, messageId, publishTime: new Date(nowMs()).toISOString() };
      for (const subscription of subscriptions.values()) {
        if (subscription.topic === topic) subscription.deliveries.push({ message, ackId: '', untilMs: 0 });
      }
      for (const listener of listeners.splice(0)) listener();
    },
    pull(subscription, most) {
      const free = deliveriesOf(subscription).filter(({ untilMs }) => untilMs <= nowMs());
      return free.slice(0, most).map((delivery) => {
        delivery.ackId = randomBytes(24).toString('base64url');
        delivery.untilMs = nowMs() + ackDeadlineSeconds * 1000;
        return { ackId: delivery.ackId, message: delivery.message };
      });
    },
    acknowledge(subscription, ackIds) {
      const known = subscriptions.get(subscription);
      if (known === undefined) return;
      known.deliveries = known.deliveries.filter(({ ackId }) => ackId === '' || !ackIds.includes(ackId));
    },
    extend(subscription, ackIds, seconds) {
      for (const delivery of deliveriesOf(subscription)) {
        if (ackIds.includes(delivery.ackId)) delivery.untilMs = nowMs() + seconds * 1000;
      }
    },
    onPublished: (listener) => void listeners.push(listener),
  };
}
