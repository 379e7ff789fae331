import type { Label, LabelCounts, LabelFields, MessageSummary, RawMessage, ReadableMessage } from './message.ts';
import type { QueryNode } from './query/query.ts';
import type { SyncStatus } from './sync-status.ts';
import type { Delegate, Filter, FilterFields, ForwardingAddress, SendAs, SendAsFields, Settings } from './settings.ts';

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
  /** Labels of the hits may be as they were when last seen: for a question whose answer does not hang on them. */
  readonly mayBeOld?: boolean;
  /** Count the hits too, up to this many, where that costs little; for a first page only. */
  readonly countUpTo?: number;
}

/** How many messages there are: `count`, or more. */
export interface MessageCount {
  readonly count: number;
  readonly isMore: boolean;
}

/** Newest first. Without `nextPageToken` it is the last page. */
export interface MessagePage {
  readonly messages: readonly MessageSummary[];
  readonly nextPageToken?: string;
  /** All hits, where they were counted. */
  readonly total?: MessageCount;
  /** Hits in spam and trash that are not among them, where they were counted. */
  readonly leftOut?: MessageCount;
  /** Messages that an older version stored are still being indexed again: not every spelling is found in them yet. */
  readonly isIndexing?: true;
}

/** A thread with its messages, oldest first. */
export interface Thread {
  readonly id: string;
  readonly historyId: string;
  readonly messages: readonly ReadableMessage[];
}

/** A thread as a list shows it: every message of it, oldest first, whether the search matched it or not. */
export interface ThreadSummary {
  readonly id: string;
  readonly historyId: string;
  readonly messages: readonly MessageSummary[];
}

/** The thread with the newest match first. Without `nextPageToken` it is the last page. */
export interface ThreadPage {
  readonly threads: readonly ThreadSummary[];
  readonly nextPageToken?: string;
  /** As in {@link MessagePage}. */
  readonly isIndexing?: true;
}

/** A draft as a list shows it. The draft keeps its id for good; its message has a new one after every change. */
export interface DraftSummary {
  readonly id: string;
  readonly message: MessageSummary;
}

/** A draft with its message as it would be sent. */
export interface Draft {
  readonly id: string;
  readonly message: RawMessage;
}

/** The newest draft first. Without `nextPageToken` it is the last page. */
export interface DraftPage {
  readonly drafts: readonly DraftSummary[];
  readonly nextPageToken?: string;
}

/**
 * A message to be filed as a draft or sent. With `threadId` it joins that thread if it also has the thread's base
 * subject, else it begins a thread (Gmail's rule): compare the answer's `threadId`.
 */
export interface OutgoingMessage {
  readonly raw: Uint8Array;
  readonly threadId?: string;
}

/** Where a message ended up. */
export interface FiledMessage {
  readonly id: string;
  readonly threadId: string;
  readonly labelIds: readonly string[];
}

/** The message that a change is about, with the labels that it had then (on Gmail) or that it has now (locally). */
export interface ChangedMessage {
  readonly id: string;
  readonly threadId: string;
  readonly labelIds: readonly string[];
}

/**
 * One step of the mailbox's history; the same lists as Gmail's. A step may be of messages of which it tells nothing: then
 * it has none of the four lists of changes.
 */
export interface HistoryRecord {
  readonly id: string;
  readonly messages?: readonly { readonly id: string; readonly threadId: string }[];
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

/**
 * What every backend can read. All throw `UNAVAILABLE` when the store cannot be reached; a backend over a network also
 * throws `RATE_LIMITED` with `retryAt`, `REAUTH_REQUIRED`, and `FORBIDDEN` where the account's grant does not cover the
 * call. How long a call may take and whether its caller is still there stand in the call's context (`core/context.ts`).
 */
export interface MailboxReader {
  getProfile(): Promise<Profile>;
  /** How a live account is followed and mirrored, without asking Google. */
  readonly syncStatus?: () => Promise<SyncStatus>;
  /** System labels first. */
  listLabels(): Promise<readonly Label[]>;
  /** Throws `NOT_FOUND`. */
  getLabelCounts(id: string): Promise<LabelCounts>;
  /** Throws `INVALID_INPUT` for a page token that is not of this search. */
  searchMessages(request: SearchRequest): Promise<MessagePage>;
  /** Threads of which a message matches. Throws `INVALID_INPUT` for a page token that is not of this search. */
  searchThreads(request: SearchRequest): Promise<ThreadPage>;
  /** Throws `NOT_FOUND`. */
  getMessage(id: string): Promise<ReadableMessage>;
  /** Throws `NOT_FOUND`. */
  getRawMessage(id: string): Promise<RawMessage>;
  /** Throws `NOT_FOUND`. */
  getThread(id: string): Promise<Thread>;
  /** Throws `INVALID_INPUT` for a page token that is not of this list. */
  listDrafts(request: PageRequest): Promise<DraftPage>;
  /** Throws `NOT_FOUND`. */
  getDraft(id: string): Promise<Draft>;
  /** Changes after `startHistoryId`. Throws `NOT_FOUND` when that lies before the kept history or is not of it. */
  listHistory(request: PageRequest & { readonly startHistoryId: string }): Promise<HistoryPage>;
  listFilters(): Promise<readonly Filter[]>;
  getSetting<Name extends keyof Settings>(name: Name): Promise<Settings[Name]>;
  /** The primary address first. */
  listSendAs(): Promise<readonly SendAs[]>;
  listForwardingAddresses(): Promise<readonly ForwardingAddress[]>;
  listDelegates(): Promise<readonly Delegate[]>;
}

/** Label ids to put on and take off a set of messages. */
export interface LabelChange {
  readonly ids: readonly string[];
  readonly addLabelIds: readonly string[];
  readonly removeLabelIds: readonly string[];
}

/** What a change of labels came to for one message: labels it already had, or had not, are not in it. */
export interface AppliedChange {
  readonly id: string;
  readonly addedLabelIds: readonly string[];
  readonly removedLabelIds: readonly string[];
}

/** What every backend can change; sending is apart, in {@link MailboxSender}. */
export interface MailboxWriter extends MailboxReader {
  /**
   * Changes labels of all messages or, when one id is unknown, of none (`NOT_FOUND`, naming them). A label that is
   * already there, or already gone, is no error. Answers what each message got and lost, so that it can be taken back.
   * Throws `INVALID_INPUT` for an unknown label id.
   */
  modifyMessages(change: LabelChange): Promise<readonly AppliedChange[]>;
  /** Deletes all messages for good or, when one id is unknown, none (`NOT_FOUND`, naming them). */
  deleteMessages(ids: readonly string[]): Promise<void>;
  /**
   * Files a message that came another way, as if it had been received then: its Date header is its date, nothing is
   * sent. Throws `INVALID_INPUT` for an unknown label id, `TOO_LARGE` above {@link maxImportBytes}.
   */
  importMessage(message: { readonly raw: Uint8Array; readonly labelIds: readonly string[] }): Promise<FiledMessage>;

  /** Throws `CONFLICT` for a name that is taken, `INVALID_INPUT` for one that cannot be. */
  createLabel(fields: LabelFields): Promise<Label>;
  /** Changes the fields that are given. Throws as {@link createLabel}, `NOT_FOUND`, `INVALID_INPUT` for a system label. */
  updateLabel(id: string, fields: Partial<LabelFields>): Promise<Label>;
  /** Takes the label off every message, too. Throws `NOT_FOUND`, `INVALID_INPUT` for a system label. */
  deleteLabel(id: string): Promise<void>;

  /** Throws `TOO_LARGE` above {@link maxSendBytes}. */
  createDraft(message: OutgoingMessage): Promise<DraftSummary>;
  /** Replaces the draft's message, which gets a new id. Throws `NOT_FOUND`, `TOO_LARGE`. */
  updateDraft(id: string, message: OutgoingMessage): Promise<DraftSummary>;
  /** Deletes the draft and its message for good. Throws `NOT_FOUND`. */
  deleteDraft(id: string): Promise<void>;

  /** Throws `INVALID_INPUT` for criteria or labels that cannot be, `CONFLICT` for a filter that is there already. */
  createFilter(fields: FilterFields): Promise<Filter>;
  /** Throws `NOT_FOUND`. */
  deleteFilter(id: string): Promise<void>;
  /** Replaces a setting whole and answers it as it is then. Throws `INVALID_INPUT`. */
  updateSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): Promise<Settings[Name]>;
  /** Throws `CONFLICT` for an address that is there; on Gmail `FORBIDDEN` unless a service account asks. */
  createSendAs(sendAsEmail: string, fields: SendAsFields): Promise<SendAs>;
  /** Changes the fields that are given. Throws `NOT_FOUND`. */
  updateSendAs(sendAsEmail: string, fields: SendAsFields): Promise<SendAs>;
  /** Throws `NOT_FOUND`, `INVALID_INPUT` for the primary address. */
  deleteSendAs(sendAsEmail: string): Promise<void>;
  /** Throws `CONFLICT`; on Gmail `FORBIDDEN` unless a service account asks. */
  createForwardingAddress(forwardingEmail: string): Promise<ForwardingAddress>;
  /** Throws `NOT_FOUND`. */
  deleteForwardingAddress(forwardingEmail: string): Promise<void>;
  /** Throws `CONFLICT`; on Gmail `FORBIDDEN` unless a service account asks. */
  createDelegate(delegateEmail: string): Promise<Delegate>;
  /** Throws `NOT_FOUND`. */
  deleteDelegate(delegateEmail: string): Promise<void>;
}

/** The part of a mailbox that is about its settings. */
export type MailboxSettings = Pick<
  MailboxWriter,
  | 'getSetting'
  | 'updateSetting'
  | 'listSendAs'
  | 'createSendAs'
  | 'updateSendAs'
  | 'deleteSendAs'
  | 'listForwardingAddresses'
  | 'createForwardingAddress'
  | 'deleteForwardingAddress'
  | 'listDelegates'
  | 'createDelegate'
  | 'deleteDelegate'
>;

/** How a message leaves. Operations do not get it: they send through the outbox, which sends once. */
interface MailboxSender {
  /** Files a message as a draft that is to be sent; as `createDraft`, but what was filed is not read back. */
  fileDraft(message: OutgoingMessage): Promise<{ readonly id: string; readonly messageId: string }>;
  /**
   * Sends the draft, which is gone then; the sent message has a new id. Throws `NOT_FOUND`, `INVALID_INPUT` without a
   * recipient, `OUTCOME_UNKNOWN` when it may or may not have been sent: it is never tried again by itself.
   */
  sendDraft(id: string): Promise<FiledMessage>;
  /** Throws as {@link sendDraft} does, and `TOO_LARGE`. */
  sendMessage(message: OutgoingMessage): Promise<FiledMessage>;
}

/** Gmail's limit for a message that is sent or drafted, with its attachments encoded. */
export const maxSendBytes = 36_700_160;
/** Gmail's limit for a message that is imported. */
export const maxImportBytes = 157_286_400;

/** An open mailbox of one account. */
export interface Mailbox extends MailboxWriter, MailboxSender {
  readonly emailAddress: string;
  /** Where a sent message goes: to mailboxes of this machine only, or out into the world. */
  readonly delivery: 'local' | 'gmail';
  close(): void;
}
