import { integerOf, textOf } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { processOwner } from '../../../core/process-owner.ts';
import { isHistoryKind, type Cause, type NewEvent } from '../../feed/event.ts';
import type { BroughtHistory, Feed, HistoryEvent, OwnChange } from '../../feed/feed.ts';
import { isLater, laterOf } from '../../feed/history-ids.ts';
import { boundEvents, forgetOldEvents, forgottenSequence, hasEvent } from './event-rows.ts';
import { insertEvent, newestSequence, readEvents } from './event-rows.ts';
import { deleteOwnChange, endOwnChange, findClaim, forgetOldChanges } from './own-change-rows.ts';
import { forgetSettled, insertOwnChange, isBeingMade, settleClaim } from './own-change-rows.ts';
import { feedFormat } from './feed-format.ts';
import { watchDatabase } from './watch-database.ts';

interface Followed {
  readonly isDeciding: boolean;
  readonly writtenTo: string;
  readonly seenTo: string;
}

/** Opens the feed in `file`, making it where there is none; any number of processes may. Throws `UNAVAILABLE`. */
export function openSqliteFeed(file: string, now: () => number): Feed {
  const database = openDatabase(file, feedFormat);
  const owner = processOwner();
  const watch = watchDatabase(database);
  const listeners: ((account: string) => Promise<void>)[] = [];

  function write<T>(work: () => T): T {
    const result = database.write(() => {
      const made = work();
      boundEvents(database);
      return made;
    });
    watch.wrote();
    return result;
  }

  function followedOf(account: string): Followed | undefined {
    const row = database.get('SELECT is_deciding, written_to, seen_to FROM followed WHERE account = ?', account);
    if (row === undefined) return undefined;
    const isDeciding = integerOf(row, 'is_deciding') === 1;
    return { isDeciding, writtenTo: textOf(row, 'written_to'), seenTo: textOf(row, 'seen_to') };
  }

  function setFollowed(account: string, { isDeciding, writtenTo, seenTo }: Followed): void {
    const sql = 'INSERT OR REPLACE INTO followed VALUES (?, ?, ?, ?)';
    database.run(sql, account, isDeciding ? 1 : 0, writtenTo, seenTo);
  }

  /** Ends a change of a call and writes its events; returns whether those of messages are left to history. */
  function publish(key: number, account: string, cause: Cause, events: readonly Omit<NewEvent, 'account' | 'cause'>[]) {
    const nowMs = now();
    const isDeciding = followedOf(account)?.isDeciding === true;
    const whole = events.map((event) => ({ ...event, account, cause }));
    // A message is added and deleted once: where history was faster, that is written.
    const fresh = whole.filter((event) => event.kind === 'labelsChanged' || !hasEvent(database, event));
    const inHistory = fresh.filter(({ kind }) => isHistoryKind(kind));
    endOwnChange(database, { key, account, nowMs }, inHistory, !isDeciding);
    for (const event of fresh) if (!isDeciding || !isHistoryKind(event.kind)) insertEvent(database, event, nowMs);
    return isDeciding;
  }

  function bring(history: BroughtHistory): string {
    const { account, from, to, events, isComplete, settledMs } = history;
    const nowMs = now();
    const known = followedOf(account) ?? { isDeciding: false, writtenTo: from, seenTo: from };
    if (known.isDeciding && isLater(from, known.writtenTo)) {
      insertEvent(
        database,
        { account, kind: 'historyLost', ids: {}, cause: history.cause({ kind: 'historyLost' }) },
        nowMs,
      );
    }
    let writtenTo = laterOf(from, known.writtenTo);
    const seenTo = laterOf(to, known.seenTo);
    for (const record of recordsOf(events)) {
      const { historyId } = record;
      if (!isLater(historyId, known.writtenTo)) continue;
      const isClaimed = record.events.every((event) => findClaim(database, account, event) !== undefined);
      if (!isClaimed && isBeingMade(database, account, historyId, nowMs)) {
        setFollowed(account, { ...known, writtenTo, seenTo });
        return writtenTo;
      }
      for (const event of record.events) {
        const claim = findClaim(database, account, event);
        if (claim !== undefined) settleClaim(database, claim);
        const cause = claim?.cause ?? history.cause(event);
        if (claim?.isWritten !== true) insertEvent(database, { ...event, account, cause }, nowMs);
      }
      writtenTo = historyId;
    }
    writtenTo = laterOf(to, writtenTo);
    setFollowed(account, { ...known, writtenTo, seenTo });
    if (isComplete) forgetSettled(database, account, settledMs);
    return writtenTo;
  }

  return {
    append: async (events) => {
      write(() => {
        for (const event of events) insertEvent(database, event, now());
      });
    },
    async begin(account, cause): Promise<OwnChange> {
      const change = { account, owner, cause, nowMs: now() };
      const key = database.write(() => insertOwnChange(database, change, followedOf(account)?.seenTo));
      const readHistory = async () => {
        for (const listener of listeners) await listener(account);
      };
      return {
        async publish(events) {
          const isDeciding = write(() => publish(key, account, cause, events));
          if (isDeciding) await readHistory();
        },
        async abandon() {
          database.write(() => deleteOwnChange(database, key));
          // What others did meanwhile may have waited for this change.
          if (followedOf(account)?.isDeciding === true) await readHistory();
        },
      };
    },
    follow: async (account, historyId) => {
      if (followedOf(account)?.isDeciding === true) return;
      write(() => {
        const known = followedOf(account);
        if (known?.isDeciding === true) return;
        setFollowed(account, { isDeciding: true, writtenTo: historyId, seenTo: historyId });
      });
    },
    followedTo: async (account) => {
      const followed = followedOf(account);
      return followed?.isDeciding === true ? followed.writtenTo : undefined;
    },
    bring: async (history) => write(() => bring(history)),
    onPublished: (listener) => void listeners.push(listener),
    read: async (request) => database.read(() => readEvents(database, request)),
    bounds: async () =>
      database.read(() => ({ oldest: forgottenSequence(database), newest: newestSequence(database) })),
    async *changes(signal) {
      // Ends what is still waited for when the reader stops reading.
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      try {
        for (let last = -1; !signal.aborted;) {
          // Begun before the look: what is written in between is seen by the one or the other.
          const changed = watch.next(either);
          const newest = newestSequence(database);
          if (newest > last) yield (last = newest);
          await changed;
        }
      } finally {
        over.abort();
      }
    },
    prune: async () => {
      database.write(() => {
        forgetOldEvents(database, now());
        forgetOldChanges(database, now());
      });
    },
    close() {
      watch.close();
      database.close();
    },
  };
}

/** The events of each history record together. */
function recordsOf(events: BroughtHistory['events']) {
  const records: { readonly historyId: string; readonly events: HistoryEvent['event'][] }[] = [];
  for (const { historyId, event } of events) {
    const last = records.at(-1);
    if (last?.historyId === historyId) last.events.push(event);
    else records.push({ historyId, events: [event] });
  }
  return records;
}
