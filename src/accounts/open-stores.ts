import { AppError } from '../core/errors.ts';
import { metrics } from '../core/telemetry/metrics.ts';
import type { Mailboxes } from '../store/mail/mailboxes.ts';
import type { MailStore } from '../store/mail/mail-store.ts';

const openMailboxes = metrics.gauge(
  'gmail_llm_open_mailboxes',
  'Local mailboxes or mirrors that this process has open.',
);

interface OpenStore {
  readonly opening: Promise<MailStore>;
  /** What is opening, once it is open. */
  store?: MailStore;
  /** Calls that are using it. After the last of them it is closed, if it is no longer one of those kept open. */
  users: number;
}

/** The stores of a process's mailboxes: of those that nobody is using, only the most recently used are kept open. */
export interface OpenStores {
  /** Opens the store of an address, making an empty mailbox where there is none. */
  make(emailAddress: string): Promise<void>;
  /**
   * The store of an address, opened whenever it is used and not open; its `close` does nothing. Work throws `NOT_FOUND`
   * where the address has no mailbox any more.
   */
  storeOf(emailAddress: string): MailStore;
  isOpen(emailAddress: string): boolean;
  /** Whether work has found that others renamed or deleted the mailbox. */
  isGone(emailAddress: string): boolean;
  /** Closes the store of an address, after the calls that are using it. */
  forget(emailAddress: string): void;
  /** Closes all, after the calls that are using them. Work after it throws `UNAVAILABLE`. */
  close(): void;
}

/** `most` counts those that nobody is using too; while more are used at once, more are open. */
export function createOpenStores(mailboxes: Pick<Mailboxes, 'open' | 'openExisting'>, most: number): OpenStores {
  /** The least recently used first. */
  const open = new Map<string, OpenStore>();
  let isClosed = false;

  function remove(emailAddress: string, entry: OpenStore): void {
    if (open.get(emailAddress) === entry) open.delete(emailAddress);
    openMailboxes.set({}, open.size);
    if (entry.users === 0) entry.store?.close();
  }

  function forget(emailAddress: string): void {
    const entry = open.get(emailAddress);
    if (entry !== undefined) remove(emailAddress, entry);
  }

  function closeUnused(): void {
    for (const [emailAddress, entry] of open) {
      if (open.size <= most) return;
      if (entry.users === 0) remove(emailAddress, entry);
    }
  }

  function add(emailAddress: string, isMade: boolean): OpenStore {
    const opening = isMade ? mailboxes.open(emailAddress) : mailboxes.openExisting(emailAddress);
    const entry: OpenStore = { opening, users: 0 };
    opening.then(
      (store) => (entry.store = store),
      () => remove(emailAddress, entry),
    );
    open.set(emailAddress, entry);
    openMailboxes.set({}, open.size);
    return entry;
  }

  function isGone(emailAddress: string): boolean {
    return open.get(emailAddress)?.store?.isGone?.() === true;
  }

  async function use<T>(
    emailAddress: string,
    work: (store: MailStore) => Promise<T>,
    { isMade } = { isMade: false },
  ): Promise<T> {
    if (isClosed) throw new AppError('UNAVAILABLE', 'The server is stopping.');
    if (isGone(emailAddress)) forget(emailAddress);
    const entry = open.get(emailAddress) ?? add(emailAddress, isMade);
    // Put again, so that it is the last one of the map.
    open.delete(emailAddress);
    open.set(emailAddress, entry);
    entry.users += 1;
    try {
      return await work(entry.store ?? (await entry.opening));
    } finally {
      entry.users -= 1;
      if (entry.users === 0 && open.get(emailAddress) !== entry) entry.store?.close();
      closeUnused();
    }
  }

  return {
    make: (emailAddress) => use(emailAddress, () => Promise.resolve(), { isMade: true }),
    storeOf: (emailAddress) => storeThatUses((work) => use(emailAddress, work)),
    isOpen: (emailAddress) => open.has(emailAddress),
    isGone,
    forget,
    close() {
      isClosed = true;
      for (const emailAddress of open.keys()) forget(emailAddress);
    },
  };
}

/** What cannot be deleted now is with the next sweep. */
const swept = (): void => undefined;

function storeThatUses(use: <T>(work: (store: MailStore) => Promise<T>) => Promise<T>): MailStore {
  return {
    once: (call) => use((store) => store.once(call)),
    read: (work, signal) => use((store) => store.read(work, signal)),
    write: (work, options) => use((store) => store.write(work, options)),
    bytes: {
      put: (messages) => use((store) => store.bytes.put(messages)),
      find: (hashes) => use((store) => store.bytes.find(hashes)),
      get: (key) => use((store) => store.bytes.get(key)),
      discard: (key) => use((store) => store.bytes.discard(key)).catch(swept),
      sweep: () => use((store) => store.bytes.sweep()).catch(swept),
    },
    optimize: () => use((store) => store.optimize()),
    close: () => undefined,
  };
}
