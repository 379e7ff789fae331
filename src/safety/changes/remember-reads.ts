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
    // Made when it is needed: each call has a reader, and most ask for one thing.
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

  type SettingReaders = { readonly [Name in keyof Settings]: () => Promise<Settings[Name]> };
  let settings: SettingReaders | undefined;
  const makeSettings = (): SettingReaders => ({
    vacation: rememberedSetting('vacation'),
    autoForwarding: rememberedSetting('autoForwarding'),
    imap: rememberedSetting('imap'),
    pop: rememberedSetting('pop'),
    language: rememberedSetting('language'),
  });
  const searches = remembered((request: SearchRequest) => mailbox.searchMessages(request));
  const profile = remembered(() => mailbox.getProfile());
  const labels = remembered(() => mailbox.listLabels());
  const draft = remembered((id: string) => mailbox.getDraft(id));
  const filters = remembered(() => mailbox.listFilters());
  const sendAs = remembered(() => mailbox.listSendAs());
  const forwarding = remembered(() => mailbox.listForwardingAddresses());
  const delegates = remembered(() => mailbox.listDelegates());

  return {
    forget() {
      generation += 1;
    },
    getProfile: () => profile(''),
    listLabels: () => labels(''),
    getLabelCounts: (id) => mailbox.getLabelCounts(id),
    searchMessages: (request) => searches(request),
    searchThreads: (request) => mailbox.searchThreads(request),
    getMessage: (id) => mailbox.getMessage(id),
    getRawMessage: (id) => mailbox.getRawMessage(id),
    getThread: (id) => mailbox.getThread(id),
    listDrafts: (request) => mailbox.listDrafts(request),
    getDraft: (id) => draft(id),
    listHistory: (request) => mailbox.listHistory(request),
    listFilters: () => filters(''),
    getSetting: (name) => (settings ??= makeSettings())[name](),
    listSendAs: () => sendAs(''),
    listForwardingAddresses: () => forwarding(''),
    listDelegates: () => delegates(''),
  };
}
