import type { Neighbour, NeighbourQuery, ThreadChanges, ThreadRow, ThreadWriter } from '../../mail/thread-rows.ts';
import { bytesOf, integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import type { Database } from '../database.ts';

/** The rows of `thread` and `thread_link`. */
export function openThreads(database: Database): ThreadWriter {
  return {
    async around({ keys = [], ids = [], links = [], neighbours = [] }) {
      const found = {
        links: findLinks(database, links),
        neighbours: neighbours.map((query) => findNeighbours(database, query)),
      };
      const wanted = [
        ...keys,
        ...ids.flatMap((id) => findKey(database, id) ?? []),
        ...found.links.values(),
        ...found.neighbours.flat().map(({ threadKey }) => threadKey),
      ];
      const row = database.get('SELECT coalesce(max(key), 0) + 1 AS next FROM thread');
      return {
        ...found,
        threads: withSuccessors(database, wanted),
        nextKey: row === undefined ? 1 : integerOf(row, 'next'),
      };
    },
    apply: async (changes) => applyChanges(database, changes),
  };
}

function findKey(database: Database, id: string): number | undefined {
  const row = database.get('SELECT key FROM thread WHERE gmail_id = ?', id);
  return row === undefined ? undefined : integerOf(row, 'key');
}

function findLinks(database: Database, hashes: readonly number[]): ReadonlyMap<number, number> {
  const links = new Map<number, number>();
  for (const hash of hashes) {
    const row = database.get('SELECT thread_key FROM thread_link WHERE hash = ?', hash);
    if (row !== undefined) links.set(hash, integerOf(row, 'thread_key'));
  }
  return links;
}

function findNeighbours(database: Database, query: NeighbourQuery): readonly Neighbour[] {
  const { subjectHash, fromMs, toMs, order, isWithoutReferences, limit } = query;
  const rows = database.all(
    `SELECT subject_hash, internal_ms, thread_key, has_references, participants FROM message
     WHERE subject_hash = ? AND internal_ms BETWEEN ? AND ? ${isWithoutReferences ? 'AND has_references = 0' : ''}
     ORDER BY internal_ms ${order === 'latest' ? 'DESC' : 'ASC'} LIMIT ?`,
    subjectHash,
    fromMs,
    toMs,
    limit,
  );
  return rows.map(neighbourOf);
}

function neighbourOf(row: Row): Neighbour {
  return {
    subjectHash: integerOf(row, 'subject_hash'),
    internalDateMs: integerOf(row, 'internal_ms'),
    threadKey: integerOf(row, 'thread_key'),
    hasReferences: integerOf(row, 'has_references') === 1,
    participantHashes: new Uint32Array(bytesOf(row, 'participants').slice().buffer),
  };
}

/** The threads of these keys, and those that their successors lead to, each once. */
function withSuccessors(database: Database, keys: readonly number[]): readonly ThreadRow[] {
  const threads = new Map<number, ThreadRow>();
  const wanted = [...keys];
  for (let key = wanted.pop(); key !== undefined; key = wanted.pop()) {
    if (threads.has(key)) continue;
    const row = database.get('SELECT * FROM thread WHERE key = ?', key);
    if (row === undefined) throw new Error(`thread ${key} is missing`);
    const thread = threadOf(row);
    threads.set(key, thread);
    if (thread.successorKey !== undefined) wanted.push(thread.successorKey);
  }
  return [...threads.values()];
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

function applyChanges(database: Database, { threads, links, moves, threadsTotalChange }: ThreadChanges): void {
  for (const { key, id, messagesTotal, gmailThreadHash, successorKey } of threads) {
    database.run(
      `INSERT INTO thread (key, gmail_id, messages_total, gmail_thread_hash, successor_key) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET messages_total = excluded.messages_total,
         gmail_thread_hash = excluded.gmail_thread_hash, successor_key = excluded.successor_key`,
      key,
      id,
      messagesTotal,
      gmailThreadHash ?? null,
      successorKey ?? null,
    );
  }
  for (const { fromKey, toKey } of moves) {
    database.run('UPDATE message SET thread_key = ? WHERE thread_key = ?', toKey, fromKey);
  }
  for (const { hash, threadKey } of links) {
    database.run('INSERT INTO thread_link (hash, thread_key) VALUES (?, ?) ON CONFLICT DO NOTHING', hash, threadKey);
  }
  if (threadsTotalChange !== 0) {
    database.run('UPDATE mailbox SET threads_total = threads_total + ? WHERE id = 1', threadsTotalChange);
  }
}
