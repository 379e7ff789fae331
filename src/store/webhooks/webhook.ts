import type { EventKind, FeedEvent } from '../feed/event.ts';

/** A key that signs deliveries. */
export interface WebhookSecret {
  /** `whsec_` and 32 random bytes in base64. */
  readonly secret: string;
  /** After this it signs no more (milliseconds since 1970); undefined for the newest. */
  readonly untilMs?: number;
}

/** An address that is told of events. */
export interface Webhook {
  /** `wh_` and random characters. */
  readonly id: string;
  readonly url: string;
  /** Without a list, all. */
  readonly kinds?: readonly EventKind[];
  /** Without a list, all accounts, and what happens to none of them. */
  readonly accounts?: readonly string[];
  /** Only messages that match this query, in Gmail's language. */
  readonly q?: string;
  /** What a delivery holds beside the event: nothing, or sender, subject and text of the message. */
  readonly includes: 'ids' | 'message';
  /** The newest first. */
  readonly secrets: readonly WebhookSecret[];
  readonly createdMs: number;
  /** Name of the token that made it, where one did. */
  readonly createdBy?: string;
  readonly isOn: boolean;
  /** Why it is off. */
  readonly offReason?: string;
  /** The event up to which deliveries have been made out. */
  readonly cursor: number;
  /** Since when every attempt has failed; undefined after one that did not. */
  readonly failingSinceMs?: number;
  readonly lastDeliveredMs?: number;
}

/** One event for one webhook. */
export interface Delivery {
  /** `msg_` and random characters; the same for every attempt. */
  readonly id: string;
  readonly webhookId: string;
  readonly event: FeedEvent;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  /** When the next attempt is due, while it is pending. */
  readonly nextMs: number;
  readonly lastAttemptMs?: number;
  /** HTTP status of the last attempt, where one was answered. */
  readonly status?: number;
  /** Why the last attempt failed. */
  readonly failure?: string;
}
