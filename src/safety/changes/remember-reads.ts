import type { MailboxReader, SearchRequest } from '../../mail/mailbox.ts';
import type { Settings } from '../../mail/settings.ts';

/** A reader that asks its mailbox once for what is small and asked for again and again, until it is to forget. */
export interface RememberingReader extends MailboxReader {
  forget(): void;
}

/**
 * The reader of one call: what its operation, the policy and a change's own row ask for is read once. Messages and
 * threads are not remembered.
 */
export function rememberReads(mailbox: MailboxReader): RememberingReader {
  /** How often `forget` was called: what was read under an earlier number is forgotten. */
  let generation = 0;

  /** Remembers what a way of reading returned, by its argument as JSON; what it throws is not remembered. */
  function remembered<Argument, T>(read: (argument: Argument) => Promise<T>): (argument: Argument) => Promise<T> {
    let memory: { readonly generation: number; readonly known: Map<string, Promise<T>> } | undefined;
    return (argument) => {
      if (memory?.generation !== generation) memory = { generation, known: new Map() };
      const { known } = memory;
      const key = JSON.stringify(argument);
      const before = known.get(key);
      if (before !== undefined) return before;
      const reading = read(argument);
      known.set(key, reading);
      reading.catch(() => known.delete(key));
      return reading;
    };
  }

  function rememberedSetting<Name extends keyof Settings>(name: Name): () => Promise<Settings[Name]> {
    const read = remembered(() => mailbox.getSetting(name));
    return () => read('');
  }

  // Each way of reading is made when it is first gone: every call has a reader, and most ask for one thing.
  type SettingReaders = { readonly [Name in keyof Settings]: () => Promise<Settings[Name]> };
  let settings: SettingReaders | undefined;
  const makeSettings = (): SettingReaders => ({
    vacation: rememberedSetting('vacation'),
    autoForwarding: rememberedSetting('autoForwarding'),
    imap: rememberedSetting('imap'),
    pop: rememberedSetting('pop'),
    language: rememberedSetting('language'),
  });
  type Remembered<Argument, Method extends keyof MailboxReader> =
    | ((argument: Argument) => ReturnType<NonNullable<MailboxReader[Method]>>)
    | undefined;
  let searches: Remembered<SearchRequest, 'searchMessages'>;
  let profile: Remembered<string, 'getProfile'>;
  let labels: Remembered<string, 'listLabels'>;
  let draft: Remembered<string, 'getDraft'>;
  let filters: Remembered<string, 'listFilters'>;
  let sendAs: Remembered<string, 'listSendAs'>;
  let forwarding: Remembered<string, 'listForwardingAddresses'>;
  let delegates: Remembered<string, 'listDelegates'>;

  return {
    forget() {
      generation += 1;
    },
    getProfile: () => (profile ??= remembered(() => mailbox.getProfile()))(''),
    ...(mailbox.syncStatus === undefined ? {} : { syncStatus: mailbox.syncStatus }),
    listLabels: () => (labels ??= remembered(() => mailbox.listLabels()))(''),
    getLabelCounts: (id) => mailbox.getLabelCounts(id),
    searchMessages: (request) => (searches ??= remembered((one) => mailbox.searchMessages(one)))(request),
    searchThreads: (request) => mailbox.searchThreads(request),
    getMessage: (id) => mailbox.getMessage(id),
    getRawMessage: (id) => mailbox.getRawMessage(id),
    getThread: (id) => mailbox.getThread(id),
    listDrafts: (request) => mailbox.listDrafts(request),
    getDraft: (id) => (draft ??= remembered((one) => mailbox.getDraft(one)))(id),
    listHistory: (request) => mailbox.listHistory(request),
    listFilters: () => (filters ??= remembered(() => mailbox.listFilters()))(''),
    getSetting: (name) => (settings ??= makeSettings())[name](),
    listSendAs: () => (sendAs ??= remembered(() => mailbox.listSendAs()))(''),
    listForwardingAddresses: () => (forwarding ??= remembered(() => mailbox.listForwardingAddresses()))(''),
    listDelegates: () => (delegates ??= remembered(() => mailbox.listDelegates()))(''),
  };
}
