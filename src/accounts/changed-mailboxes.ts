/** Mailboxes that are looked into at once: at a start all of a home have to be. */
const looksAtOnce = 20;

/** The mailboxes of a home that may have changed since they were last looked into. */
export interface ChangedMailboxes {
  /**
   * Looks into some of them, each in its turn: those that `look` could not look into, for which it resolves to false, come again
   * after all others. Mailboxes that are as they were cost little.
   */
  lookOn(look: (account: string) => Promise<boolean>): Promise<void>;
  /** Has one looked into again, though it does not change. */
  again(account: string): void;
}

/** What changes with every write to a mailbox, by account. */
export type ReadStamps = () => Promise<ReadonlyMap<string, string>>;

export function changedMailboxes(readStamps: ReadStamps): ChangedMailboxes {
  /** Of mailboxes that were looked into. */
  const stamps = new Map<string, string>();
  /** The one that was looked into last. */
  let last = '';
  return {
    async lookOn(look) {
      const now = [...(await readStamps())];
      const changed = now.filter(([account, stamp]) => stamps.get(account) !== stamp);
      const inTurn = [
        ...changed.filter(([account]) => account > last),
        ...changed.filter(([account]) => account <= last),
      ];
      for (const [account, stamp] of inTurn.slice(0, looksAtOnce)) {
        last = account;
        // Taken before the mailbox was looked into: what changes meanwhile is seen next time.
        if (await look(account)) stamps.set(account, stamp);
      }
    },
    again: (account) => void stamps.delete(account),
  };
}
