import { processOwner } from '../../../core/process-owner.ts';
import { integerOf, textOf } from '../../columns.ts';
import { isHistoryKind, type Cause, type NewEvent } from '../../feed/event.ts';
import type { BroughtHistory, Feed, HistoryEvent, OwnChange } from '../../feed/feed.ts';
import { isLater, laterOf } from '../../feed/history-ids.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';
import { eventRows } from './event-rows.ts';
import { deleteChangeOf, deleteOwnChange, endOwnChange, findClaim, forgetOldChanges } from './own-change-rows.ts';
import {
  forgetSettled,
  insertOwnChange,
  isBeingMade,
  renewMs,
  renewOwnChanges,
  settleClaim,
} from './own-change-rows.ts';

/** Wakes those who wait for a feed to grow. */
export interface FeedWatch {
  /** Resolves when this process or another may have written, or when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>;
  /** To be called after this process has written. */
  wrote(): void;
  close(): void;
}

/** How long after the end of a change could not be written down it is tried again. */
const endAgainMs = 2000;

interface Followed {
  readonly isDeciding: boolean;
  readonly writtenTo: string;
  readonly seenTo: string;
}

/** The feed whose rows are in `database`. */
export function createFeed(database: SqlDatabase, watch: FeedWatch, now: () => number): Feed {
  const events = eventRows(database.dialect);
  const listeners: ((account: string) => Promise<void>)[] = [];
  /** Keys of the changes that this process makes. */
  const making = new Set<number>();
  /** What forgets changes of this process that are over, where that could not be written down: history waits for them. */
  const unended = new Set<(queries: SqlQueries) => Promise<void>>();
  let ending: NodeJS.Timeout | undefined;

  const renewing = setInterval(() => {
    const keys = [...making];
    if (keys.length === 0) return;
    // One that fails is made up for by the next.
    database.write((queries) => renewOwnChanges(queries, keys, now())).catch(() => undefined);
  }, renewMs).unref();

  function endLater(): void {
    ending ??= setTimeout(() => {
      ending = undefined;
      const ends = [...unended];
      database
        .write(async (queries) => {
          for (const end of ends) await end(queries);
        })
        .then(() => {
          for (const end of ends) unended.delete(end);
        }, endLater);
    }, endAgainMs).unref();
  }

  /** Writes down that a change begins or how it ended; where that fails it is forgotten as soon as it can be. */
  async function orForgetLater<T>(forget: (queries: SqlQueries) => Promise<void>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      unended.add(forget);
      endLater();
      throw error;
    }
  }

  async function write<T>(work: (queries: SqlQueries) => Promise<T>): Promise<T> {
    const result = await database.write(async (queries) => {
      const made = await work(queries);
      await events.bound(queries);
      return made;
    });
    watch.wrote();
    return result;
  }

  /** Ends a change of a call and writes its events; returns whether those of messages are left to history. */
  async function publish(
    queries: SqlQueries,
    { key, account, cause }: { readonly key: number; readonly account: string; readonly cause: Cause },
    made: readonly Omit<NewEvent, 'account' | 'cause'>[],
  ): Promise<boolean> {
    const nowMs = now();
    const isDeciding = (await followedOf(queries, account))?.isDeciding === true;
    const fresh: NewEvent[] = [];
    for (const event of made) {
      const whole = { ...event, account, cause };
      // A message is added and deleted once: where history was faster, that is written.
      if (event.kind === 'labelsChanged' || !(await events.has(queries, whole))) fresh.push(whole);
    }
    const inHistory = fresh.filter(({ kind }) => isHistoryKind(kind));
    await endOwnChange(queries, { key, account, nowMs }, inHistory, !isDeciding);
    const written = fresh.filter(({ kind }) => !isDeciding || !isHistoryKind(kind));
    await events.insert(queries, written, nowMs);
    return isDeciding;
  }

  async function bring(queries: SqlQueries, history: BroughtHistory): Promise<string> {
    const { account, from, to, isComplete, settledMs } = history;
    const nowMs = now();
    const known = (await followedOf(queries, account)) ?? { isDeciding: false, writtenTo: from, seenTo: from };
    if (known.isDeciding && isLater(from, known.writtenTo)) {
      const cause = history.cause({ kind: 'historyLost' });
      await events.insert(queries, [{ account, kind: 'historyLost', ids: {}, cause }], nowMs);
    }
    let writtenTo = laterOf(from, known.writtenTo);
    const seenTo = laterOf(to, known.seenTo);
    for (const record of recordsOf(history.events)) {
      const { historyId } = record;
      if (!isLater(historyId, known.writtenTo)) continue;
      let isClaimed = true;
      for (const event of record.events) isClaimed &&= (await findClaim(queries, account, event)) !== undefined;
      if (!isClaimed && (await isBeingMade(queries, account, historyId, nowMs))) {
        await setFollowed(queries, account, { ...known, writtenTo, seenTo });
        return writtenTo;
      }
      for (const event of record.events) {
        const claim = await findClaim(queries, account, event);
        if (claim !== undefined) await settleClaim(queries, claim);
        const cause = claim?.cause ?? history.cause(event);
        if (claim?.isWritten !== true) await events.insert(queries, [{ ...event, account, cause }], nowMs);
      }
      writtenTo = historyId;
    }
    writtenTo = laterOf(to, writtenTo);
    await setFollowed(queries, account, { ...known, writtenTo, seenTo });
    if (isComplete) await forgetSettled(queries, account, settledMs);
    return writtenTo;
  }

  async function readHistory(account: string): Promise<void> {
    for (const listener of listeners) await listener(account);
  }

  return {
    append: (added) => write((queries) => events.insert(queries, added, now())),
    async begin(account, cause): Promise<OwnChange> {
      // Of this change alone: where the answer to its beginning is lost, nothing else is known of it.
      const owner = processOwner();
      const begin = (queries: SqlQueries, seenTo: string | undefined) =>
        insertOwnChange(queries, { account, owner, cause, nowMs: now() }, seenTo);
      const key = await orForgetLater(
        (queries) => deleteChangeOf(queries, account, owner),
        () => database.write(async (queries) => begin(queries, (await followedOf(queries, account))?.seenTo)),
      );
      making.add(key);
      const end = async <T>(work: () => Promise<T>): Promise<T> => {
        making.delete(key);
        return orForgetLater((queries) => deleteOwnChange(queries, key), work);
      };
      return {
        async publish(made) {
          const change = { key, account, cause };
          if (await end(() => write((queries) => publish(queries, change, made)))) await readHistory(account);
        },
        async abandon() {
          await end(() => database.write((queries) => deleteOwnChange(queries, key)));
          // What others did meanwhile may have waited for this change.
          if ((await followedOf(database, account))?.isDeciding === true) await readHistory(account);
        },
      };
    },
    follow: async (account, historyId) => {
      if ((await followedOf(database, account))?.isDeciding === true) return;
      await write(async (queries) => {
        const known = await followedOf(queries, account);
        if (known?.isDeciding === true) return;
        await setFollowed(queries, account, { isDeciding: true, writtenTo: historyId, seenTo: historyId });
      });
    },
    followedTo: async (account) => {
      const followed = await followedOf(database, account);
      return followed?.isDeciding === true ? followed.writtenTo : undefined;
    },
    bring: (history) => write((queries) => bring(queries, history)),
    onPublished: (listener) => void listeners.push(listener),
    read: (request) => database.read((queries) => events.read(queries, request)),
    bounds: () =>
      database.read(async (queries) => ({
        oldest: await events.forgotten(queries),
        newest: await events.newest(queries),
      })),
    async *changes(signal) {
      // Ends what is still waited for when the reader stops reading.
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      try {
        for (let last = -1; !signal.aborted;) {
          // Begun before the look: what is written in between is seen by the one or the other.
          const changed = watch.next(either);
          const newest = await events.newest(database);
          if (newest > last) yield (last = newest);
          await changed;
        }
      } finally {
        over.abort();
      }
    },
    prune: () =>
      database.write(async (queries) => {
        await events.forgetOld(queries, now());
        await forgetOldChanges(queries, now());
      }),
    close() {
      clearInterval(renewing);
      clearTimeout(ending);
      watch.close();
      database.close();
    },
  };
}

async function followedOf(queries: SqlQueries, account: string): Promise<Followed | undefined> {
  const sql = 'SELECT is_deciding, written_to, seen_to FROM followed WHERE account = $1';
  const row = await queries.get(sql, account);
  if (row === undefined) return undefined;
  const isDeciding = integerOf(row, 'is_deciding') === 1;
  return { isDeciding, writtenTo: textOf(row, 'written_to'), seenTo: textOf(row, 'seen_to') };
}

async function setFollowed(
  queries: SqlQueries,
  account: string,
  { isDeciding, writtenTo, seenTo }: Followed,
): Promise<void> {
  await queries.run(
    `INSERT INTO followed (account, is_deciding, written_to, seen_to) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account) DO UPDATE
     SET is_deciding = excluded.is_deciding, written_to = excluded.written_to, seen_to = excluded.seen_to`,
    account,
    isDeciding ? 1 : 0,
    writtenTo,
    seenTo,
  );
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
