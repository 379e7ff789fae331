/** What an event is about, in Gmail's words. */
export const eventKinds = [
  'messageAdded',
  'messageDeleted',
  'labelsChanged',
  'draftChanged',
  'labelChanged',
  'filterChanged',
  'settingChanged',
  'outboxChanged',
  'accountState',
  'webhookChanged',
  'historyLost',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** Kinds that a mailbox's history reports as well, so that the same change must not become two events. */
const historyKinds: ReadonlySet<EventKind> = new Set(['messageAdded', 'messageDeleted', 'labelsChanged']);

/** Whether a mailbox's history reports changes of this kind. */
export function isHistoryKind(kind: EventKind): boolean {
  return historyKinds.has(kind);
}

/** Why something changed. */
export type Cause =
  /** A call of this program's. */
  | {
      readonly by: 'call';
      readonly requestId: string;
      readonly operation: string;
      /** Name of the token that was shown, if one was. */
      readonly tokenName?: string;
    }
  /** Mail that came into a local mailbox: a delivery or an import. */
  | { readonly by: 'arrival' }
  /** A local mailbox changed by a program other than our servers and commands, such as the emulator. */
  | { readonly by: 'mailbox' }
  /** Another client of the live account, or Gmail itself. */
  | { readonly by: 'google' }
  /** Something that a process does by itself. */
  | { readonly by: 'job'; readonly job: string };

/** What was changed. Which of them an event has follows from its kind: docs/events.md has the table. */
export interface EventIds {
  readonly messageId?: string;
  readonly threadId?: string;
  /** Of an added message, the labels that it had when the change was read. */
  readonly labelIds?: readonly string[];
  readonly addedLabelIds?: readonly string[];
  readonly removedLabelIds?: readonly string[];
  readonly draftId?: string;
  readonly labelId?: string;
  readonly filterId?: string;
  readonly outboxId?: string;
  readonly webhookId?: string;
  /** Name of a setting, as `get_settings` has it. */
  readonly setting?: string;
}

/** An event that has no place in the feed yet. */
export interface NewEvent {
  /** The account's address; empty for what is of the home as a whole. */
  readonly account: string;
  readonly kind: EventKind;
  readonly ids: EventIds;
  /** What it became: `created`, `updated`, `deleted`; a state of the outbox; a state of the account. */
  readonly state?: string;
  readonly cause: Cause;
}

/** One event. The events of a feed are in one order, that of their sequence. */
export interface FeedEvent extends NewEvent {
  /** Grows by at least one with every event; never used twice. */
  readonly sequence: number;
  /** When it was written (ISO 8601). */
  readonly at: string;
}
