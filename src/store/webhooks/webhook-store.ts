import type { FeedEvent } from '../feed/event.ts';
import type { Delivery, Webhook } from './webhook.ts';

/** What one attempt came to, and what follows from it. */
interface AttemptRecord {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly state: Delivery['state'];
  readonly atMs: number;
  /** When to try again, while it is pending. */
  readonly nextMs: number;
  readonly status?: number;
  readonly failure?: string;
}

/** What a webhook has still to be told. */
interface WebhookBacklog {
  readonly id: string;
  readonly isOn: boolean;
  readonly pending: number;
  readonly cursor: number;
}

/** Webhooks and their deliveries, for all processes of a home. Every method throws `UNAVAILABLE` when it cannot be reached. */
export interface WebhookStore {
  add(webhook: Webhook): Promise<void>;
  /** The oldest first. */
  list(): Promise<readonly Webhook[]>;
  get(id: string): Promise<Webhook | undefined>;
  /** Replaces the fields that are given; false when there is no such webhook. */
  update(
    id: string,
    changes: Partial<Pick<Webhook, 'secrets' | 'isOn' | 'cursor'>> & {
      readonly offReason?: string;
      /** All of what it is told: a rule that is left out no longer holds. */
      readonly rules?: Pick<Webhook, 'kinds' | 'accounts' | 'q' | 'includes'>;
    },
  ): Promise<boolean>;
  /** Forgets a webhook with its deliveries; false when there is none. */
  remove(id: string): Promise<boolean>;

  /**
   * Makes out deliveries of events, and notes that everything up to `to` is done. False, and nothing changed, when another
   * process has gone on from `from` already.
   */
  enqueue(
    id: string,
    piece: {
      readonly from: number;
      readonly to: number;
      readonly events: readonly FeedEvent[];
      readonly nowMs: number;
    },
  ): Promise<boolean>;
  /** Deliveries of a webhook that are due, in the order of their events. */
  due(id: string, nowMs: number, limit: number): Promise<readonly Delivery[]>;
  /** Whether any webhook that is on has one that is due. */
  hasDue(nowMs: number): Promise<boolean>;
  /** What each webhook has still to be told: deliveries that wait, and the place in the feed after which all events wait. */
  backlogs(): Promise<readonly WebhookBacklog[]>;
  /** Writes down an attempt. A success ends a row of failures of the webhook, a failure begins or prolongs one. */
  record(attempt: AttemptRecord): Promise<void>;
  /** The newest first. */
  deliveries(id: string, limit: number): Promise<readonly Delivery[]>;
  /** Makes a delivery due again, whatever became of it. Throws `NOT_FOUND`. */
  resend(deliveryId: string, nowMs: number): Promise<Delivery>;
  /** Forgets deliveries that ended before; returns how many. */
  prune(beforeMs: number): Promise<number>;
  close(): void;
}
