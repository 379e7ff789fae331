import type { Label, MessageSummary, StoredMessage } from './message.ts';
import type { QueryNode } from './query.ts';

/** Who the mailbox belongs to and where its history stands. */
export interface Profile {
  readonly emailAddress: string;
  readonly messagesTotal: number;
  readonly threadsTotal: number;
  readonly historyId: string;
}

/** A page to read: at most `maxResults` entries after the place that `pageToken` names. */
export interface PageRequest {
  readonly maxResults: number;
  readonly pageToken?: string;
}

export interface SearchRequest extends PageRequest {
  readonly query: QueryNode;
  /** Search spam and trash too, whatever the query says. */
  readonly includeSpamTrash: boolean;
}

/** Newest first. Without `nextPageToken` it is the last page. */
export interface MessagePage {
  readonly messages: readonly MessageSummary[];
  readonly nextPageToken?: string;
}

/** A thread with its messages, oldest first. */
export interface Thread {
  readonly id: string;
  readonly historyId: string;
  readonly messages: readonly StoredMessage[];
}

/** The message that a change is about, with the labels it has now. */
export interface ChangedMessage {
  readonly id: string;
  readonly threadId: string;
  readonly labelIds: readonly string[];
}

/** One step of the mailbox's history; the same four lists as Gmail's. */
export interface HistoryRecord {
  readonly id: string;
  readonly messagesAdded?: readonly { readonly message: ChangedMessage }[];
  readonly messagesDeleted?: readonly { readonly message: ChangedMessage }[];
  readonly labelsAdded?: readonly { readonly message: ChangedMessage; readonly labelIds: readonly string[] }[];
  readonly labelsRemoved?: readonly { readonly message: ChangedMessage; readonly labelIds: readonly string[] }[];
}

/** Oldest first. `historyId` is where the mailbox stands now: the place to ask from next time. */
export interface HistoryPage {
  readonly history: readonly HistoryRecord[];
  readonly historyId: string;
  readonly nextPageToken?: string;
}

/** What every backend can read. All throw `UNAVAILABLE` when the store cannot be reached. */
export interface MailboxReader {
  getProfile(): Promise<Profile>;
  listLabels(): Promise<readonly Label[]>;
  /** Throws `INVALID_INPUT` for a page token that is not of this search. */
  searchMessages(request: SearchRequest): Promise<MessagePage>;
  /** Throws `NOT_FOUND`. */
  getMessage(id: string): Promise<StoredMessage>;
  /** Throws `NOT_FOUND`. */
  getThread(id: string): Promise<Thread>;
  /** Changes after `startHistoryId`. Throws `NOT_FOUND` when that lies before the kept history or is not of it. */
  listHistory(request: PageRequest & { readonly startHistoryId: string }): Promise<HistoryPage>;
}

/** Label ids to put on and take off a set of messages. */
export interface LabelChange {
  readonly ids: readonly string[];
  readonly addLabelIds: readonly string[];
  readonly removeLabelIds: readonly string[];
}

/** What every backend can change. */
export interface MailboxWriter extends MailboxReader {
  /**
   * Changes labels of all messages or, when one id is unknown, of none (`NOT_FOUND`, naming them). A label that is
   * already there, or already gone, is no error. Throws `INVALID_INPUT` for an unknown label id.
   */
  modifyMessages(change: LabelChange): Promise<void>;
}

/** An open mailbox of one account. */
export interface Mailbox extends MailboxWriter {
  readonly emailAddress: string;
  close(): void;
}
