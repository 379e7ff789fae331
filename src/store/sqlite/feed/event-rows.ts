import { integerOf, textOf, type Database, type Row } from '../database.ts';
import { AppError } from '../../../core/errors.ts';
import { isJsonObject } from '../../../core/json-object.ts';
import { eventKinds, type FeedEvent, type NewEvent } from '../../feed/event.ts';
import type { EventFilter, EventPage } from '../../feed/feed.ts';

/** Events that are kept, and for how long: a week, as Gmail keeps its history. */
export const keptEvents = 100_000;
export const keptEventsMs = 7 * 24 * 60 * 60 * 1000;
/** Old events are removed this many at a time. */
const removedAtOnce = 1000;

/** The sequence of the newest event, whether it is kept or not; 0 before the first. */
export function newestSequence(database: Database): number {
  const row = database.get(`SELECT seq FROM sqlite_sequence WHERE name = 'event'`);
  return row === undefined ? 0 : integerOf(row, 'seq');
}

/** The sequence of the newest event that is no longer kept; 0 where all are. */
export function forgottenSequence(database: Database): number {
  const row = database.get('SELECT forgotten FROM feed');
  return row === undefined ? 0 : integerOf(row, 'forgotten');
}

/** Whether the feed has an event of this kind about this message. */
export function hasEvent(database: Database, { account, kind, ids }: Omit<NewEvent, 'cause'>): boolean {
  const sql = 'SELECT 1 FROM event WHERE message_id = ? AND kind = ? AND account = ? LIMIT 1';
  return ids.messageId !== undefined && database.get(sql, ids.messageId, kind, account) !== undefined;
}

/** Appends an event. Runs inside a write transaction. */
export function insertEvent(database: Database, event: NewEvent, nowMs: number): void {
  const { account, kind, ids, state, cause } = event;
  database.run(
    'INSERT INTO event (at_ms, account, kind, message_id, body) VALUES (?, ?, ?, ?, ?)',
    nowMs,
    account,
    kind,
    ids.messageId ?? null,
    JSON.stringify({ ids, state, cause }),
  );
}

/** Removes events up to a sequence and notes that they are gone. Runs inside a write transaction. */
function forgetEvents(database: Database, upTo: number): void {
  if (upTo <= forgottenSequence(database)) return;
  database.run('DELETE FROM event WHERE sequence <= ?', upTo);
  database.run('UPDATE feed SET forgotten = ?', upTo);
}

/** Removes what is beyond {@link keptEvents}, now and then. Runs at the end of a write transaction. */
export function boundEvents(database: Database): void {
  const upTo = newestSequence(database) - keptEvents;
  if (upTo >= forgottenSequence(database) + removedAtOnce) forgetEvents(database, upTo);
}

/** Removes what is older than {@link keptEventsMs}. Runs inside a write transaction. */
export function forgetOldEvents(database: Database, nowMs: number): void {
  const row = database.get(
    'SELECT coalesce(max(sequence), 0) AS last FROM event WHERE at_ms < ?',
    nowMs - keptEventsMs,
  );
  forgetEvents(
    database,
    Math.max(row === undefined ? 0 : integerOf(row, 'last'), newestSequence(database) - keptEvents),
  );
}

/** A page of events; see `Feed.read`. Runs inside a read transaction. */
export function readEvents(
  database: Database,
  { after, limit, filter = {} }: { readonly after: number; readonly limit: number; readonly filter?: EventFilter },
): EventPage {
  const newest = newestSequence(database);
  const oldest = forgottenSequence(database);
  if (after < oldest || after > newest) {
    throw new AppError('NOT_FOUND', `The events after ${after} are not kept, or are of another feed.`, {
      field: 'after',
      expected: `${oldest} to ${newest}`,
      got: String(after),
      hint: 'List what you follow again, then read events from the newest on.',
    });
  }
  const { accounts = null, kinds = null } = filter;
  const rows = database.all(
    `SELECT * FROM event WHERE sequence > ?1
       AND (?2 IS NULL OR account IN (SELECT value FROM json_each(?2)))
       AND (?3 IS NULL OR kind IN (SELECT value FROM json_each(?3)))
     ORDER BY sequence LIMIT ?4`,
    after,
    accounts === null ? null : JSON.stringify(accounts),
    kinds === null ? null : JSON.stringify(kinds),
    limit + 1,
  );
  const events = rows.slice(0, limit).map(eventOf);
  const hasMore = rows.length > limit;
  return { events, hasMore, after: hasMore ? (events.at(-1)?.sequence ?? after) : newest };
}

function eventOf(row: Row): FeedEvent {
  const body: unknown = JSON.parse(textOf(row, 'body'));
  const kind = eventKinds.find((one) => one === row.kind);
  const sequence = integerOf(row, 'sequence');
  if (kind === undefined || !isBody(body)) throw new TypeError(`event ${sequence} is not in the form that was written`);
  return {
    sequence,
    at: new Date(integerOf(row, 'at_ms')).toISOString(),
    account: textOf(row, 'account'),
    kind,
    ...body,
  };
}

function isBody(value: unknown): value is Pick<FeedEvent, 'ids' | 'state' | 'cause'> {
  return isJsonObject(value) && isJsonObject(value.ids) && isJsonObject(value.cause);
}
