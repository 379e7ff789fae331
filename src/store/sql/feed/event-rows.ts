import { AppError } from '../../../core/errors.ts';
import { isJsonObject } from '../../../core/json-object.ts';
import { metrics } from '../../../core/telemetry/metrics.ts';
import { integerOf, textOf, type Row } from '../../columns.ts';
import { eventKinds, type FeedEvent, type NewEvent } from '../../feed/event.ts';
import type { EventFilter, EventPage } from '../../feed/feed.ts';
import type { SqlDialect, SqlQueries } from '../sql-database.ts';
import { storableJson } from '../storable-json.ts';

/** Events that are kept, and for how long: a week, as Gmail keeps its history. */
export const keptEvents = 100_000;
export const keptEventsMs = 7 * 24 * 60 * 60 * 1000;
/** Old events are removed this many at a time. */
const removedAtOnce = 1000;

const written = metrics.counter('gmail_llm_feed_events_total', 'Events that this process wrote into the feed.', [
  'kind',
  'by',
]);

/** Events that one statement writes. */
const insertedAtOnce = 50;

/** The rows of events, in the words of an engine. */
export interface EventRows {
  /** The sequence of the newest event, whether it is kept or not; 0 before the first. */
  newest(queries: SqlQueries): Promise<number>;
  /** The sequence of the newest event that is no longer kept; 0 where all are. */
  forgotten(queries: SqlQueries): Promise<number>;
  /** Whether the feed has an event of this kind about this message. */
  has(queries: SqlQueries, event: Omit<NewEvent, 'cause'>): Promise<boolean>;
  /** Appends events. Runs inside a write transaction. */
  insert(queries: SqlQueries, added: readonly NewEvent[], nowMs: number): Promise<void>;
  /** Removes what is beyond {@link keptEvents}, now and then. Runs at the end of a write transaction. */
  bound(queries: SqlQueries): Promise<void>;
  /** Removes what is older than {@link keptEventsMs}. Runs inside a write transaction. */
  forgetOld(queries: SqlQueries, nowMs: number): Promise<void>;
  /** A page of events; see `Feed.read`. Runs inside a read transaction. */
  read(
    queries: SqlQueries,
    request: { readonly after: number; readonly limit: number; readonly filter?: EventFilter },
  ): Promise<EventPage>;
}

/** Makes the rows of events for an engine. */
export function eventRows(dialect: SqlDialect): EventRows {
  async function forget(queries: SqlQueries, upTo: number): Promise<void> {
    if (upTo <= (await forgotten(queries))) return;
    await queries.run('DELETE FROM event WHERE sequence <= $1', upTo);
    await queries.run('UPDATE feed SET forgotten = $1', upTo);
  }

  return {
    newest,
    forgotten,
    has: async (queries, { account, kind, ids }) => {
      const sql = 'SELECT 1 FROM event WHERE message_id = $1 AND kind = $2 AND account = $3 LIMIT 1';
      return ids.messageId !== undefined && (await queries.get(sql, ids.messageId, kind, account)) !== undefined;
    },
    async insert(queries, added, nowMs) {
      for (let start = 0; start < added.length; start += insertedAtOnce) {
        const part = added.slice(start, start + insertedAtOnce);
        const places = part.map(
          (_, index) => `(${[1, 2, 3, 4, 5].map((column) => `$${index * 5 + column}`).join(', ')})`,
        );
        await queries.run(
          `INSERT INTO event (at_ms, account, kind, message_id, body) VALUES ${places.join(', ')}`,
          ...part.flatMap(({ account, kind, ids, state, cause }) => {
            const body = storableJson({ ids, state, cause });
            return [nowMs, account, kind, ids.messageId ?? null, body];
          }),
        );
        for (const { kind, cause } of part) written.add({ kind, by: cause.by });
      }
    },
    async bound(queries) {
      const upTo = (await newest(queries)) - keptEvents;
      if (upTo > 0 && upTo >= (await forgotten(queries)) + removedAtOnce) await forget(queries, upTo);
    },
    async forgetOld(queries, nowMs) {
      const row = await queries.get(
        'SELECT coalesce(max(sequence), 0) AS last FROM event WHERE at_ms < $1',
        nowMs - keptEventsMs,
      );
      const last = row === undefined ? 0 : integerOf(row, 'last');
      await forget(queries, Math.max(last, (await newest(queries)) - keptEvents));
    },
    async read(queries, { after, limit, filter = {} }) {
      const end = await newest(queries);
      const oldest = await forgotten(queries);
      if (after < oldest || after > end) {
        throw new AppError('NOT_FOUND', `The events after ${after} are not kept, or are of another feed.`, {
          field: 'after',
          expected: `${oldest} to ${end}`,
          got: String(after),
          hint: 'List what you follow again, then read events from the newest on.',
        });
      }
      const { accounts, kinds } = filter;
      const rows = await queries.all(
        `SELECT * FROM event WHERE sequence > $1
           AND (CAST($2 AS text) IS NULL OR account IN (${dialect.texts('$2')}))
           AND (CAST($3 AS text) IS NULL OR kind IN (${dialect.texts('$3')}))
         ORDER BY sequence LIMIT $4`,
        after,
        accounts === undefined ? null : JSON.stringify(accounts),
        kinds === undefined ? null : JSON.stringify(kinds),
        limit + 1,
      );
      const events = rows.slice(0, limit).map(eventOf);
      const hasMore = rows.length > limit;
      return { events, hasMore, after: hasMore ? (events.at(-1)?.sequence ?? after) : end };
    },
  };
}

async function newest(queries: SqlQueries): Promise<number> {
  const row = await queries.get('SELECT coalesce(max(sequence), (SELECT forgotten FROM feed)) AS newest FROM event');
  return row === undefined ? 0 : integerOf(row, 'newest');
}

async function forgotten(queries: SqlQueries): Promise<number> {
  const row = await queries.get('SELECT forgotten FROM feed');
  return row === undefined ? 0 : integerOf(row, 'forgotten');
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
