import type { FiledMessage, Mailbox, Profile, ThreadSummary } from '../mail/mailbox.ts';
import type { MessageSummary } from '../mail/message.ts';
import type { MailStore } from '../store/mail/mail-store.ts';
import type { Mark } from './arrival/add-messages.ts';
import { addMessages, findStored } from './arrival/add-messages.ts';
import type { Deliver } from './arrival/deliveries.ts';
import { deliverWaiting } from './arrival/deliveries.ts';
import { createFilter, deleteFilter, listFilters } from './arrival/filters.ts';
import type { AddOutcome, IncomingMessage, ReadyMessage } from './arrival/incoming.ts';
import type { ImportedMessage } from './arrival/receive-messages.ts';
import { importMessage, insertMessage, receiveMessage } from './arrival/receive-messages.ts';
import { createLabel, deleteLabel, getLabelCounts, updateLabel } from './labels/change-labels.ts';
import { publicLabel } from './labels/labels.ts';
import { modifyMessages } from './labels/modify-messages.ts';
import { createDraft, deleteDraft, getDraft, listDrafts, updateDraft } from './outgoing/drafts.ts';
import { sendDraft, sendMessage } from './outgoing/send-messages.ts';
import { deleteMessages } from './reading/delete-messages.ts';
import { forgetHistory, listHistory } from './reading/history.ts';
import { getMessage, getMessageSummary, getRawMessage, getThread, getThreadSummary } from './reading/read-messages.ts';
import { searchMessages } from './search/search-messages.ts';
import { searchThreads } from './search/search-threads.ts';
import { addKnownAddress, listKnownAddresses, removeKnownAddress } from './settings/known-addresses.ts';
import { filterClock } from './settings/owner.ts';
import { createSendAs, deleteSendAs, listSendAs, updateSendAs } from './settings/send-as.ts';
import { deleteForwardingAddress, getSetting, updateSetting } from './settings/settings.ts';
import type { Renewal } from './upkeep/renew-content.ts';
import { hasCurrentContent, renewContent } from './upkeep/renew-content.ts';

/** A mailbox whose mail lies in a store; any number of processes may have it open. */
export interface LocalMailbox extends Mailbox {
  /**
   * Adds messages that are not there yet, in transactions of at most 500; outcomes are in the order of the batch.
   * `mark` is stored after the last of them. When it throws (`UNAVAILABLE`), adding the same batch again completes it.
   */
  addMessages(
    batch: readonly (IncomingMessage | ReadyMessage)[],
    options?: { readonly mark?: Mark },
  ): Promise<readonly AddOutcome[]>;
  /** Whether the message of each of these hashes (SHA-256 of its bytes) is there already. */
  findStored(hashes: readonly Uint8Array[]): Promise<readonly boolean[]>;
  /** What was last stored as a mark of this name, or undefined. */
  getMark(name: string): Promise<string | undefined>;
  /** Makes searches fast again after many messages were added. May take a second for 30,000 messages. */
  finishImport(): Promise<void>;
  /** Whether all messages have the content that this version makes of them. */
  hasCurrentContent(): Promise<boolean>;
  /** Makes older content again, see `renewContent`; `isEnough` is asked before each hundred messages. */
  renewContent(isEnough: (renewed: number) => boolean): Promise<Renewal>;
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
  /** Forgets all changes: no history id that was given out so far reaches any more. */
  forgetHistory(): Promise<void>;
  /**
   * Hands over what was sent or forwarded and could not be delivered then, and returns how many copies still wait. Every
   * send does the same for all that waits.
   */
  deliverWaiting(): Promise<number>;
  /** How many copies of what was sent or forwarded are not delivered. */
  countWaiting(): Promise<number>;
}

/** Where the mail of a mailbox lies, whose it is, and how it reaches the world. */
export interface LocalMailboxOptions {
  /** Closed with the mailbox. */
  readonly store: MailStore;
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

/** Gmail's rules over a store of mail. */
export function openLocalMailbox(options: LocalMailboxOptions): LocalMailbox {
  const { store, emailAddress, now = Date.now, onSend = (raw) => raw, deliver } = options;
  const address = emailAddress.toLowerCase();
  const owner = { address, now };
  const sender = { ...owner, onSend, delivers: deliver !== undefined };
  const deliverAll = makeDeliveryRun(async () => {
    if (deliver !== undefined) await deliverWaiting(store, deliver);
  });

  const countWaiting = () => store.once((rows) => rows.deliveries.count());

  async function thenDeliver(filing: Promise<FiledMessage>): Promise<FiledMessage> {
    const filed = await filing;
    try {
      await deliverAll();
    } catch {
      // What is filed is sent: its copies wait, and a sender who was told of a failure would send again.
    }
    return filed;
  }

  return {
    emailAddress,
    delivery: 'local',
    getProfile: () => readProfile(store, emailAddress),
    close: () => store.close(),

    searchMessages: (request) => searchMessages(store, emailAddress, request),
    searchThreads: (request) => searchThreads(store, emailAddress, request),
    getMessage: (id) => getMessage(store, id),
    getMessageSummary: (id) => getMessageSummary(store, id),
    getRawMessage: (id) => getRawMessage(store, id),
    getThread: (id) => getThread(store, id),
    getThreadSummary: (id) => getThreadSummary(store, id),
    listHistory: (request) => listHistory(store, emailAddress, request),
    forgetHistory: () => forgetHistory(store),
    modifyMessages: (change) => modifyMessages(store, change),
    deleteMessages: (ids) => deleteMessages(store, ids),

    addMessages: (batch, { mark } = {}) => addMessages(store, address, batch, mark),
    findStored: (hashes) => findStored(store, hashes),
    getMark: (name) => store.once((rows) => rows.values.get('mark', name)),
    finishImport: () => store.optimize(),
    hasCurrentContent: () => hasCurrentContent(store),
    renewContent: (isEnough) => renewContent(store, address, isEnough),
    importMessage: (message) => importMessage(store, owner, message),
    insertMessage: (message) => insertMessage(store, owner, message),
    async receiveMessage(message) {
      const { filed, isNew } = await receiveMessage(store, owner, message);
      // A copy that comes round again ends here: two mailboxes may forward to each other.
      return isNew ? thenDeliver(Promise.resolve(filed)) : filed;
    },

    listDrafts: (request) => listDrafts(store, emailAddress, request),
    getDraft: (id) => getDraft(store, id),
    createDraft: (draft) => createDraft(store, owner, draft),
    async fileDraft(draft) {
      const { id, message } = await createDraft(store, owner, draft);
      return { id, messageId: message.id };
    },
    updateDraft: (id, draft) => updateDraft(store, owner, id, draft),
    deleteDraft: (id) => deleteDraft(store, id),
    sendDraft: (id) => thenDeliver(sendDraft(store, sender, id)),
    sendMessage: (message) => thenDeliver(sendMessage(store, sender, message)),
    async deliverWaiting() {
      await deliverAll();
      return countWaiting();
    },
    countWaiting,

    listLabels: async () => (await store.once((rows) => rows.labels.list())).map(publicLabel),
    createLabel: (fields) => createLabel(store, fields),
    updateLabel: (id, fields) => updateLabel(store, id, fields),
    deleteLabel: (id) => deleteLabel(store, id),
    getLabelCounts: (id) => getLabelCounts(store, id),
    listFilters: () => store.once(listFilters),
    createFilter: (fields) => createFilter(store, fields, filterClock(owner)),
    deleteFilter: (id) => deleteFilter(store, id),

    getSetting: (name) => store.once((rows) => getSetting(rows, name)),
    updateSetting: (name, value) => updateSetting(store, name, value),
    listSendAs: () => store.once((rows) => listSendAs(rows, address)),
    createSendAs: (sendAsEmail, fields) => createSendAs(store, address, sendAsEmail, fields),
    updateSendAs: (sendAsEmail, fields) => updateSendAs(store, address, sendAsEmail, fields),
    deleteSendAs: (sendAsEmail) => deleteSendAs(store, address, sendAsEmail),
    async listForwardingAddresses() {
      const addresses = await store.once((rows) => listKnownAddresses(rows, 'forwarding'));
      return addresses.map((forwardingEmail) => ({ forwardingEmail, ...accepted }));
    },
    async createForwardingAddress(forwardingEmail) {
      await addKnownAddress(store, 'forwarding', forwardingEmail, address);
      return { forwardingEmail, ...accepted };
    },
    deleteForwardingAddress: (forwardingEmail) => deleteForwardingAddress(store, forwardingEmail),
    async listDelegates() {
      const addresses = await store.once((rows) => listKnownAddresses(rows, 'delegate'));
      return addresses.map((delegateEmail) => ({ delegateEmail, ...accepted }));
    },
    async createDelegate(delegateEmail) {
      await addKnownAddress(store, 'delegate', delegateEmail, address);
      return { delegateEmail, ...accepted };
    },
    deleteDelegate: (delegateEmail) => store.write((rows) => removeKnownAddress(rows, 'delegate', delegateEmail)),
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
  let isAsked = false;
  return async () => {
    isAsked = true;
    if (isRunning) return;
    isRunning = true;
    try {
      // The one that runs may have looked for the last time before there was something to deliver.
      while (isAsked) {
        isAsked = false;
        await run();
      }
    } finally {
      isRunning = false;
    }
  };
}

async function readProfile(store: MailStore, emailAddress: string): Promise<Profile> {
  const { messagesTotal, threadsTotal, historyId } = await store.once((rows) => rows.totals());
  return { emailAddress, messagesTotal, threadsTotal, historyId: String(historyId) };
}
