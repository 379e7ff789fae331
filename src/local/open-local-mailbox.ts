import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { Database } from '../store/sqlite/database.ts';
import { integerOf } from '../store/sqlite/database.ts';
import { openDatabase } from '../store/sqlite/open-database.ts';
import type { FiledMessage, Mailbox, Profile, ThreadSummary } from '../mail/mailbox.ts';
import type { MessageSummary } from '../mail/message.ts';
import type { Mark } from './arrival/add-messages.ts';
import { addMessages } from './arrival/add-messages.ts';
import { createLabel, deleteLabel, updateLabel } from './labels/change-labels.ts';
import { deleteMessages } from './reading/delete-messages.ts';
import type { Deliver } from './arrival/deliveries.ts';
import { countWaiting, deliverWaiting } from './arrival/deliveries.ts';
import { createDraft, deleteDraft, getDraft, listDrafts, updateDraft } from './outgoing/drafts.ts';
import { createFilter, deleteFilter, listFilters } from './arrival/filters.ts';
import { forgetHistory, listHistory } from './reading/history.ts';
import type { AddOutcome, IncomingMessage } from './arrival/incoming.ts';
import { addKnownAddress, listKnownAddresses, removeKnownAddress } from './settings/known-addresses.ts';
import type { LabelCounts } from './labels/label-counts.ts';
import { getLabelCounts } from './labels/label-counts.ts';
import { publicLabel, readLabels } from './labels/labels.ts';
import { mailboxFormat, rawFormat } from './mailbox-format.ts';
import { getMark } from './marks.ts';
import { modifyMessages } from './labels/modify-messages.ts';
import { optimizeIndex } from './search/optimize-index.ts';
import { filterClock } from './settings/owner.ts';
import { getMessage, getMessageSummary, getRawMessage, getThread, getThreadSummary } from './reading/read-messages.ts';
import type { ImportedMessage } from './arrival/receive-messages.ts';
import { importMessage, insertMessage, receiveMessage } from './arrival/receive-messages.ts';
import { searchMessages } from './search/search-messages.ts';
import { searchThreads } from './search/search-threads.ts';
import { createSendAs, deleteSendAs, listSendAs, updateSendAs } from './settings/send-as.ts';
import { sendDraft, sendMessage } from './outgoing/send-messages.ts';
import { deleteForwardingAddress, getSetting, updateSetting } from './settings/settings.ts';

/** A mailbox in two SQLite files of a folder; any number of processes may have it open. */
export interface LocalMailbox extends Mailbox {
  /**
   * Adds messages that are not there yet, in transactions of at most 500; outcomes are in the order of the batch.
   * `mark` is stored after the last of them. When it throws (`UNAVAILABLE`), adding the same batch again completes it.
   */
  addMessages(batch: readonly IncomingMessage[], options?: { readonly mark?: Mark }): readonly AddOutcome[];
  /** What was last stored as a mark of this name, or undefined. */
  getMark(name: string): string | undefined;
  /** Makes searches fast again after many messages were added. May take a second for 30,000 messages. */
  finishImport(): void;
  /**
   * Takes a message that arrives now, in INBOX and UNREAD unless it says where: filters act on it. One with the same
   * bytes that is there already is answered instead. Throws as `importMessage` does.
   */
  receiveMessage(message: { readonly raw: Uint8Array; readonly labelIds?: readonly string[] }): Promise<FiledMessage>;
  importMessage(message: ImportedMessage): Promise<FiledMessage>;
  /** Files a message whatever is there already, as IMAP's APPEND does. Throws as `importMessage` does. */
  insertMessage(message: ImportedMessage): Promise<FiledMessage>;
  /** A message without its text. Throws `NOT_FOUND`. */
  getMessageSummary(id: string): Promise<MessageSummary>;
  /** A thread without its messages' texts. Throws `NOT_FOUND`. */
  getThreadSummary(id: string): Promise<ThreadSummary>;
  /** Throws `NOT_FOUND`. */
  getLabelCounts(id: string): Promise<LabelCounts>;
  /** Forgets all changes: no history id that was given out so far reaches any more. */
  forgetHistory(): void;
  /**
   * Hands over what an earlier process sent or forwarded and did not get delivered, and answers how many copies still
   * wait. Every send does the same for all that waits.
   */
  deliverWaiting(): Promise<number>;
}

/** Where a mailbox is, whose it is, and how it reaches the world. */
export interface LocalMailboxOptions {
  readonly folder: string;
  readonly emailAddress: string;
  /** Milliseconds since 1970. Default: this machine's clock. */
  readonly now?: () => number;
  /** What a server does to a message on its way out, before it is filed as sent. Default: nothing. */
  readonly onSend?: (raw: Uint8Array) => Uint8Array;
  /**
   * Hands a copy to another mailbox on this machine, or drops it where the recipient has none. A copy for which it
   * throws is tried again later. Without it sent mail is filed and goes nowhere.
   */
  readonly deliver?: Deliver;
}

/** Names of the two files in a mailbox's folder. */
export const mailboxFileName = 'mailbox.db';
export const rawFileName = 'raw.db';

/**
 * Opens the mailbox in `folder`, making an empty one where there is none. Throws `UNAVAILABLE`, with what to do, for
 * files that are damaged, incomplete, written by a newer version, or not accessible.
 */
export function openLocalMailbox(options: LocalMailboxOptions): LocalMailbox {
  const { folder, emailAddress, now = Date.now, onSend = (raw) => raw, deliver } = options;
  const address = emailAddress.toLowerCase();
  const mailbox = openDatabase(join(folder, mailboxFileName), mailboxFormat);
  const raw = openRaw(mailbox, join(folder, rawFileName));
  const files = { mailbox, raw };
  const owner = { address, now };
  const sender = { ...owner, onSend, delivers: deliver !== undefined };
  const deliverAll = makeDeliveryRun(async () => {
    if (deliver !== undefined) await deliverWaiting(files, deliver);
  });

  async function thenDeliver(filing: Promise<FiledMessage>): Promise<FiledMessage> {
    const filed = await filing;
    try {
      await deliverAll();
    } catch {
      // What is filed is sent: copies wait for the next send, and a sender who was told of a failure would send again.
    }
    return filed;
  }

  return {
    emailAddress,
    delivery: 'local',
    getProfile: async () => readProfile(mailbox, emailAddress),
    close() {
      mailbox.close();
      raw.close();
    },

    searchMessages: async (request) => searchMessages(mailbox, request),
    searchThreads: async (request) => searchThreads(mailbox, request),
    getMessage: async (id) => getMessage(files, id),
    getMessageSummary: async (id) => getMessageSummary(mailbox, id),
    getRawMessage: async (id) => getRawMessage(files, id),
    getThread: async (id) => getThread(files, id),
    getThreadSummary: async (id) => getThreadSummary(mailbox, id),
    listHistory: async (request) => mailbox.read(() => listHistory(mailbox, request)),
    forgetHistory: () => mailbox.write(() => forgetHistory(mailbox)),
    modifyMessages: async (change) => modifyMessages(mailbox, change),
    deleteMessages: async (ids) => deleteMessages(files, ids),

    addMessages: (batch, { mark } = {}) => addMessages(files, address, batch, mark),
    getMark: (name) => getMark(mailbox, name),
    finishImport: () => optimizeIndex(mailbox),
    importMessage: async (message) => importMessage(files, owner, message),
    insertMessage: async (message) => insertMessage(files, owner, message),
    async receiveMessage(message) {
      const { filed, isNew } = await receiveMessage(files, owner, message);
      // A copy that comes round again ends here: two mailboxes may forward to each other.
      return isNew ? thenDeliver(Promise.resolve(filed)) : filed;
    },

    listDrafts: async (request) => listDrafts(mailbox, request),
    getDraft: async (id) => getDraft(files, id),
    createDraft: async (draft) => createDraft(files, owner, draft),
    updateDraft: async (id, draft) => updateDraft(files, owner, id, draft),
    deleteDraft: async (id) => deleteDraft(files, id),
    sendDraft: (id) => thenDeliver(sendDraft(files, sender, id)),
    sendMessage: (message) => thenDeliver(sendMessage(files, sender, message)),
    async deliverWaiting() {
      await deliverAll();
      return countWaiting(mailbox);
    },

    listLabels: async () => readLabels(mailbox).map(publicLabel),
    createLabel: async (fields) => createLabel(mailbox, fields),
    updateLabel: async (id, fields) => updateLabel(mailbox, id, fields),
    deleteLabel: async (id) => deleteLabel(mailbox, id),
    getLabelCounts: async (id) => getLabelCounts(mailbox, id),
    listFilters: async () => listFilters(mailbox),
    createFilter: async (fields) => createFilter(mailbox, fields, filterClock(owner)),
    deleteFilter: async (id) => deleteFilter(mailbox, id),

    getSetting: async (name) => getSetting(mailbox, name),
    updateSetting: async (name, value) => updateSetting(mailbox, name, value),
    listSendAs: async () => listSendAs(mailbox, address),
    createSendAs: async (sendAsEmail, fields) => createSendAs(mailbox, address, sendAsEmail, fields),
    updateSendAs: async (sendAsEmail, fields) => updateSendAs(mailbox, address, sendAsEmail, fields),
    deleteSendAs: async (sendAsEmail) => deleteSendAs(mailbox, address, sendAsEmail),
    listForwardingAddresses: async () =>
      listKnownAddresses(mailbox, 'forwarding').map((forwardingEmail) => ({ forwardingEmail, ...accepted })),
    async createForwardingAddress(forwardingEmail) {
      addKnownAddress(mailbox, 'forwarding', forwardingEmail, address);
      return { forwardingEmail, ...accepted };
    },
    deleteForwardingAddress: async (forwardingEmail) => deleteForwardingAddress(mailbox, forwardingEmail),
    listDelegates: async () =>
      listKnownAddresses(mailbox, 'delegate').map((delegateEmail) => ({ delegateEmail, ...accepted })),
    async createDelegate(delegateEmail) {
      addKnownAddress(mailbox, 'delegate', delegateEmail, address);
      return { delegateEmail, ...accepted };
    },
    deleteDelegate: async (delegateEmail) =>
      mailbox.write(() => removeKnownAddress(mailbox, 'delegate', delegateEmail)),
  };
}

/** On this machine nobody is asked to confirm an address. */
const accepted = { verificationStatus: 'accepted' } as const;

/**
 * Runs a delivery one at a time: a call that comes while one runs leaves its work to it. Waiting for it would never end
 * where a delivery leads back to this mailbox.
 */
function makeDeliveryRun(run: () => Promise<void>): () => Promise<void> {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await run();
    } finally {
      isRunning = false;
    }
  };
}

function openRaw(mailbox: Database, file: string): Database {
  try {
    // In this order: another process may be making both files, and raw.db is there before the first message is.
    if (readProfile(mailbox, '').messagesTotal > 0 && !existsSync(file)) {
      throw new AppError('UNAVAILABLE', `The messages of this mailbox are missing: there is no ${file}.`, {
        hint: 'Restore mailbox.db and raw.db from the same backup.',
      });
    }
    return openDatabase(file, rawFormat);
  } catch (error) {
    mailbox.close();
    throw error;
  }
}

function readProfile(mailbox: Database, emailAddress: string): Profile {
  const row = mailbox.get('SELECT messages_total, threads_total, history_id FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The file ${mailbox.file} is damaged.`);
  return {
    emailAddress,
    messagesTotal: integerOf(row, 'messages_total'),
    threadsTotal: integerOf(row, 'threads_total'),
    historyId: String(integerOf(row, 'history_id')),
  };
}
