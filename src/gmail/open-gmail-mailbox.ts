import type { AppliedChange, LabelChange, Mailbox } from '../mail/mailbox.ts';
import type { ReadHistory } from './account-observer.ts';
import { createGetMany } from './batch/get-many.ts';
import type { CacheOptions } from './cache/mail-cache.ts';
import { openMailCache } from './cache/mail-cache.ts';
import { noCache } from './cache/no-cache.ts';
import type { Channel } from './channel.ts';
import { apiWatch } from './client/api-schemas.ts';
import { ask } from './client/ask.ts';
import { createClient } from './client/gmail-client.ts';
import { createFollower } from './reading/follow-history.ts';
import type { GmailContext } from './reading/gmail-context.ts';
import { userId } from './reading/gmail-context.ts';
import { mirrorSource, type MirrorSource } from './reading/mirror-source.ts';
import { listHistory } from './reading/read-history.ts';
import { getMessage, getRawMessage } from './reading/read-messages.ts';
import { getThread, searchThreads } from './reading/read-threads.ts';
import { searchMessages } from './reading/search-messages.ts';
import { createSingleFlight } from './reading/single-flight.ts';
import { createFilter, deleteFilter, listFilters } from './settings/filters.ts';
import { gmailSettings } from './settings/gmail-settings.ts';
import { deleteMessages, importMessage, modifyMessages, type KnownLabels } from './writing/change-messages.ts';
import {
  createDraft,
  deleteDraft,
  fileDraft,
  getDraft,
  listDrafts,
  sendDraft,
  sendMessage,
  updateDraft,
} from './writing/drafts.ts';
import { createLabelDirectory } from './writing/label-directory.ts';
import { createLabel, deleteLabel, updateLabel } from './writing/label-writer.ts';

/** What a Gmail mailbox is opened with. */
export interface GmailMailboxOptions {
  readonly emailAddress: string;
  /** The way to Google. The mailbox closes it. */
  readonly channel: Channel;
  /** Where the Gmail API is, `https://gmail.googleapis.com/`. */
  readonly apiRootUrl: string;
  /** Where messages are kept on disk; undefined keeps nothing. */
  readonly cache: CacheOptions | undefined;
  /** Told of history that is read to keep the cache right. */
  readonly onHistory?: (history: ReadHistory) => Promise<void>;
  /** Milliseconds since 1970; the same clock in every process that shares the cache. Default: the system's. */
  readonly now?: () => number;
}

/** The live mailbox of a Gmail account, and what only such a one can. */
export interface GmailMailbox extends Mailbox {
  /** With what is known already of the messages' labels, which is then not asked of Gmail. */
  modifyMessages(change: LabelChange, known?: KnownLabels): Promise<readonly AppliedChange[]>;
  /** With messages that are known to be there, which Gmail is then not asked for. */
  deleteMessages(ids: readonly string[], known?: KnownLabels): Promise<void>;
  /**
   * Has Gmail publish every change of the mailbox to a Pub/Sub topic, for seven days; answers when that ends (milliseconds
   * since 1970). Throws `INVALID_INPUT` where it publishes to another topic already, `FORBIDDEN` where Gmail may not.
   */
  watch(topicName: string): Promise<number>;
  /** The mailbox as a mirror reads it. */
  readonly source: MirrorSource;
}

/**
 * The live mailbox of a Gmail account. Opens nothing and asks nothing before it is used. A cache that cannot be used
 * costs time and units, never an answer.
 */
export function openGmailMailbox(options: GmailMailboxOptions): GmailMailbox {
  const { emailAddress, channel, apiRootUrl, onHistory = async () => {}, now: nowMs = Date.now } = options;
  const client = createClient(channel, apiRootUrl);
  const cache = options.cache === undefined ? noCache : openMailCache(options.cache, emailAddress, nowMs);
  const share = createSingleFlight();
  const context: GmailContext = {
    emailAddress,
    apiRootUrl,
    client,
    getMany: createGetMany(channel, apiRootUrl),
    cache,
    follower: createFollower(client, cache, share, nowMs, onHistory),
    share,
    nowMs,
  };
  const labels = createLabelDirectory(context);

  return {
    emailAddress,
    delivery: 'gmail',
    getProfile: () => context.follower.readProfile(),
    listLabels: () => labels.list(),
    getLabelCounts: (id) => labels.counts(id),
    searchMessages: (request) => searchMessages(context, request),
    searchThreads: (request) => searchThreads(context, request),
    getMessage: async (id) => getMessage(context, id),
    getRawMessage: async (id) => getRawMessage(context, id),
    getThread: async (id) => getThread(context, id),
    listDrafts: (request) => listDrafts(context, request),
    getDraft: (id) => getDraft(context, id),
    listHistory: (request) => listHistory(context, request),
    modifyMessages: (change, known) => modifyMessages(context, labels, change, known),
    deleteMessages: (ids, known) => deleteMessages(context, ids, known),
    importMessage: (message) => importMessage(context, labels, message),
    createLabel: (fields) => createLabel(context, labels, fields),
    updateLabel: (id, fields) => updateLabel(context, labels, id, fields),
    deleteLabel: (id) => deleteLabel(context, labels, id),
    createDraft: async (message) => createDraft(context, message),
    fileDraft: async (message) => fileDraft(context, message),
    updateDraft: (id, message) => updateDraft(context, id, message),
    deleteDraft: (id) => deleteDraft(context, id),
    sendDraft: (id) => sendDraft(context, id),
    sendMessage: (message) => sendMessage(context, message),
    listFilters: () => listFilters(context),
    createFilter: (fields) => createFilter(context, labels, fields),
    deleteFilter: (id) => deleteFilter(context, id),
    ...gmailSettings(client),
    source: mirrorSource(context),
    watch: async (topicName) =>
      Number((await ask(apiWatch, client.users.watch({ userId, requestBody: { topicName } }))).expiration),
    close() {
      cache.close();
      channel.close();
    },
  };
}
