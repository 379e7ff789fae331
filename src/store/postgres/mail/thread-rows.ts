import { bytesOf, integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import type { Neighbour, NeighbourQuery, ThreadChanges, ThreadRow, ThreadWriter } from '../../mail/thread-rows.ts';
import type { Queries } from '../database.ts';

/** The rows of `thread` and `thread_link` of one account. */
export function threadRows(queries: Queries, account: number): ThreadWriter {
  return {
    async around({ keys = [], ids = [], links = [], neighbours = [] }) {
      const found = {
        links: await findLinks(queries, account, links),
        neighbours: await findNeighbours(queries, account, neighbours),
      };
      const wanted = [...keys, ...found.links.values(), ...found.neighbours.flat().map(({ threadKey }) => threadKey)];
      const row = await queries.get('SELECT coalesce(max(key), 0) + 1 AS next FROM thread WHERE account = $1', account);
      return {
        ...found,
        threads: await withSuccessors(queries, account, wanted, ids),
        nextKey: row === undefined ? 1 : integerOf(row, 'next'),
      };
    },
    apply: (changes) => applyChanges(queries, account, changes),
  };
}

async function findLinks(
  queries: Queries,
  account: number,
  hashes: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (hashes.length === 0) return new Map();
  const sql = 'SELECT hash, thread_key FROM thread_link WHERE account = $1 AND hash = ANY ($2::bigint[])';
  const rows = await queries.all(sql, account, hashes);
  return new Map(rows.map((row) => [integerOf(row, 'hash'), integerOf(row, 'thread_key')]));
}

/** The neighbours on one side of what is looked for. */
function side(order: NeighbourQuery['order']): string {
  return `
    SELECT q.place, n.* FROM q CROSS JOIN LATERAL (
      SELECT subject_hash, internal_ms, thread_key, has_references, participants FROM message m
      WHERE m.account = $1 AND m.subject_hash = q.subject_hash AND m.internal_ms BETWEEN q.from_ms AND q.to_ms
        AND NOT (q.is_without_references AND m.has_references)
      ORDER BY m.internal_ms ${order === 'latest' ? 'DESC' : 'ASC'} LIMIT q.most) n
    WHERE ${order === 'latest' ? '' : 'NOT'} q.is_latest`;
}

/** All queries are one statement: each has its place, by which its rows are told apart. */
async function findNeighbours(
  queries: Queries,
  account: number,
  wanted: readonly NeighbourQuery[],
): Promise<readonly (readonly Neighbour[])[]> {
  if (wanted.length === 0) return [];
  const rows = await queries.all(
    `WITH q AS (SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::boolean[], $7::integer[])
       WITH ORDINALITY AS q (subject_hash, from_ms, to_ms, is_without_references, is_latest, most, place))
     ${side('latest')} UNION ALL ${side('earliest')}`,
    account,
    wanted.map(({ subjectHash }) => subjectHash),
    wanted.map(({ fromMs }) => fromMs),
    wanted.map(({ toMs }) => toMs),
    wanted.map(({ isWithoutReferences }) => isWithoutReferences),
    wanted.map(({ order }) => order === 'latest'),
    wanted.map(({ limit }) => limit),
  );
  const byPlace = Map.groupBy(rows, (row) => integerOf(row, 'place'));
  return wanted.map(({ order }, index) => {
    const sign = order === 'latest' ? -1 : 1;
    const neighbours = (byPlace.get(index + 1) ?? []).map(neighbourOf);
    return neighbours.toSorted((a, b) => sign * (a.internalDateMs - b.internalDateMs));
  });
}

function neighbourOf(row: Row): Neighbour {
  return {
    subjectHash: integerOf(row, 'subject_hash'),
    internalDateMs: integerOf(row, 'internal_ms'),
    threadKey: integerOf(row, 'thread_key'),
    hasReferences: row.has_references === true,
    participantHashes: new Uint32Array(new Uint8Array(bytesOf(row, 'participants')).buffer),
  };
}

/** The threads of these keys and ids, and those that their successors lead to, each once. */
async function withSuccessors(
  queries: Queries,
  account: number,
  keys: readonly number[],
  ids: readonly string[],
): Promise<readonly ThreadRow[]> {
  if (keys.length + ids.length === 0) return [];
  const rows = await queries.all(
    `WITH RECURSIVE found AS (
       SELECT * FROM thread WHERE account = $1 AND (key = ANY ($2::bigint[]) OR gmail_id = ANY ($3::text[]))
       UNION SELECT t.* FROM thread t JOIN found f ON t.account = $1 AND t.key = f.successor_key)
     SELECT * FROM found`,
    account,
    [...new Set(keys)],
    [...new Set(ids)],
  );
  return rows.map(threadOf);
}

function threadOf(row: Row): ThreadRow {
  return {
    key: integerOf(row, 'key'),
    id: textOf(row, 'gmail_id'),
    messagesTotal: integerOf(row, 'messages_total'),
    gmailThreadHash: optionalIntegerOf(row, 'gmail_thread_hash'),
    successorKey: optionalIntegerOf(row, 'successor_key'),
  };
}

async function applyChanges(
  queries: Queries,
  account: number,
  { threads, links, moves, threadsTotalChange }: ThreadChanges,
): Promise<void> {
  if (threads.length > 0) {
    await queries.run(
      `INSERT INTO thread (account, key, gmail_id, messages_total, gmail_thread_hash, successor_key)
       SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[])
       ON CONFLICT (account, key) DO UPDATE SET messages_total = excluded.messages_total,
         gmail_thread_hash = excluded.gmail_thread_hash, successor_key = excluded.successor_key`,
      account,
      threads.map(({ key }) => key),
      threads.map(({ id }) => id),
      threads.map(({ messagesTotal }) => messagesTotal),
      threads.map(({ gmailThreadHash }) => gmailThreadHash ?? null),
      threads.map(({ successorKey }) => successorKey ?? null),
    );
  }
  for (const { fromKey, toKey } of moves) {
    const sql = 'UPDATE message SET thread_key = $3 WHERE account = $1 AND thread_key = $2';
    await queries.run(sql, account, fromKey, toKey);
  }
  if (links.length > 0) {
    await queries.run(
      `INSERT INTO thread_link (account, hash, thread_key) SELECT $1, * FROM unnest($2::bigint[], $3::bigint[])
       ON CONFLICT DO NOTHING`,
      account,
      links.map(({ hash }) => hash),
      links.map(({ threadKey }) => threadKey),
    );
  }
  if (threadsTotalChange !== 0) {
    const sql = 'UPDATE mailbox SET threads_total = threads_total + $2 WHERE account = $1';
    await queries.run(sql, account, threadsTotalChange);
  }
}
