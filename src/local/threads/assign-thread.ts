import type { Database, Row } from '../../store/sqlite/database.ts';
import { bytesOf, integerOf, optionalIntegerOf } from '../../store/sqlite/database.ts';
import type { ThreadFacts } from './thread-facts.ts';

/** Gmail begins a new thread after this many messages (support.google.com/mail/answer/5900). */
export const maxThreadMessages = 100;
/** Messages without references join by subject within this time (workspaceupdates.googleblog.com, March 2019). */
const subjectWindowMs = 7 * 24 * 60 * 60 * 1000;
/** Messages of one subject looked at on either side, the nearest in time: a bound for the daily report of years. */
const maxNeighbours = 64;

interface Thread {
  readonly key: number;
  readonly messagesTotal: number;
  readonly gmailThreadHash: number | undefined;
  /** Where the thread went on: the one it was joined to (then it is empty), or the one after it when it is full. */
  readonly successorKey: number | undefined;
}

/**
 * The key of the thread that a new message belongs to; the message is counted in it. Makes the thread, or joins
 * several that the message connects. Runs inside a write transaction.
 *
 * Gmail's own thread id wins. Else messages share a thread that share a reference and the base subject; and a message
 * without references joins earlier ones of the same base subject and a common participant within seven days. Neither
 * depends on the order of arrival. Of joined threads the one stored first keeps its id. These rules let no thread grow
 * over {@link maxThreadMessages}: it goes on in a successor.
 */
export function assignThread(
  database: Database,
  facts: ThreadFacts,
  message: { readonly gmailId: string; readonly internalDateMs: number },
): number {
  const own = facts.gmailThreadHash === undefined ? undefined : linkedThread(database, facts.gmailThreadHash, 'joined');
  const connected = new Map<number, Thread>();
  for (const thread of [...linkedThreads(database, facts), ...subjectThreads(database, facts, message)]) {
    connected.set(thread.key, thread);
  }
  const candidates = [...connected.values()].toSorted((a, b) => a.key - b.key);
  const isOpen = ({ messagesTotal, gmailThreadHash }: Thread): boolean =>
    messagesTotal < maxThreadMessages && (facts.gmailThreadHash === undefined || gmailThreadHash === undefined);
  const first = own ?? candidates.find(isOpen) ?? makeThread(database, message.gmailId);
  const chosen = candidates
    .filter(({ key }) => key !== first.key)
    .reduce((thread, other) => join(database, thread, other, facts), withGmailThread(first, facts));

  return enter(database, chosen, facts);
}

/** Counts a new message in a thread of its own and answers its key. Runs inside a write transaction. */
export function beginThread(database: Database, facts: ThreadFacts, gmailId: string): number {
  return enter(database, makeThread(database, gmailId), facts);
}

/** Counts a new message in the thread of this key and answers the key. Runs inside a write transaction. */
export function enterThread(database: Database, facts: ThreadFacts, key: number): number {
  return enter(database, readThread(database, key), facts);
}

/** Takes a message that is deleted out of its thread. An empty thread stays as a name that leads nowhere. */
export function leaveThread(database: Database, key: number): void {
  database.run('UPDATE thread SET messages_total = messages_total - 1 WHERE key = ?', key);
  if (readThread(database, key).messagesTotal > 0) return;
  database.run('UPDATE mailbox SET threads_total = threads_total - 1 WHERE id = 1');
}

function enter(database: Database, thread: Thread, facts: ThreadFacts): number {
  if (thread.messagesTotal === 0) database.run('UPDATE mailbox SET threads_total = threads_total + 1 WHERE id = 1');
  database.run(
    'UPDATE thread SET messages_total = messages_total + 1, gmail_thread_hash = ? WHERE key = ?',
    thread.gmailThreadHash ?? null,
    thread.key,
  );
  const { gmailThreadHash } = facts;
  for (const link of gmailThreadHash === undefined ? facts.linkHashes : [gmailThreadHash, ...facts.linkHashes]) {
    database.run('INSERT INTO thread_link (hash, thread_key) VALUES (?, ?) ON CONFLICT DO NOTHING', link, thread.key);
  }
  return thread.key;
}

/** Empty when it was joined to another thread: {@link followThread} leads there. */
function readThread(database: Database, key: number): Thread {
  const row = database.get('SELECT * FROM thread WHERE key = ?', key);
  if (row === undefined) throw new Error(`thread ${key} is missing`);
  return {
    key,
    messagesTotal: integerOf(row, 'messages_total'),
    gmailThreadHash: optionalIntegerOf(row, 'gmail_thread_hash'),
    successorKey: optionalIntegerOf(row, 'successor_key'),
  };
}

/** Follows a thread to where its messages are now, and, with `open`, on to where the next message goes. */
export function followThread(database: Database, key: number, until: 'joined' | 'open'): Thread {
  const seen = new Set<number>();
  let thread = readThread(database, key);
  while (thread.successorKey !== undefined && !seen.has(thread.successorKey)) {
    const isEmpty = thread.messagesTotal === 0;
    if (!isEmpty && (until === 'joined' || thread.messagesTotal < maxThreadMessages)) break;
    seen.add(thread.key);
    thread = readThread(database, thread.successorKey);
  }
  return thread;
}

function linkedThread(database: Database, link: number, until: 'joined' | 'open'): Thread | undefined {
  const row = database.get('SELECT thread_key FROM thread_link WHERE hash = ?', link);
  return row === undefined ? undefined : followThread(database, integerOf(row, 'thread_key'), until);
}

function linkedThreads(database: Database, facts: ThreadFacts): readonly Thread[] {
  return facts.linkHashes.flatMap((link) => linkedThread(database, link, 'open') ?? []);
}

function subjectThreads(
  database: Database,
  { subjectHash, hasReferences, participantHashes }: ThreadFacts,
  { internalDateMs }: { readonly internalDateMs: number },
): readonly Thread[] {
  if (subjectHash === undefined || participantHashes.length === 0) return [];
  const neighbours = (condition: string, fromMs: number, toMs: number, order: 'ASC' | 'DESC'): readonly Row[] =>
    database.all(
      `SELECT thread_key, participants FROM message WHERE subject_hash = ? AND internal_ms BETWEEN ? AND ?
       AND ${condition} ORDER BY internal_ms ${order} LIMIT ${maxNeighbours}`,
      subjectHash,
      fromMs,
      toMs,
    );
  // Of two messages the later one decides, whichever arrives first: it joins by subject if it has no references.
  const earlier = hasReferences ? [] : neighbours('TRUE', internalDateMs - subjectWindowMs, internalDateMs, 'DESC');
  const later = neighbours('has_references = 0', internalDateMs, internalDateMs + subjectWindowMs, 'ASC');
  const wanted = new Set(participantHashes);
  const keys = [...earlier, ...later]
    .filter((row) => hashesIn(bytesOf(row, 'participants')).some((hash) => wanted.has(hash)))
    .map((row) => integerOf(row, 'thread_key'));
  return [...new Set(keys)].map((key) => followThread(database, key, 'open'));
}

function hashesIn(bytes: Uint8Array): number[] {
  return [...new Uint32Array(bytes.slice().buffer)];
}

/** A message that was here before founds its thread again under the same id, so the thread may still be there. */
function makeThread(database: Database, gmailId: string): Thread {
  const row = database.get('SELECT key FROM thread WHERE gmail_id = ?', gmailId);
  if (row !== undefined) return followThread(database, integerOf(row, 'key'), 'joined');
  const made = database.get('INSERT INTO thread (gmail_id, messages_total) VALUES (?, 0) RETURNING key', gmailId);
  if (made === undefined) throw new Error('a thread was stored without a key');
  return readThread(database, integerOf(made, 'key'));
}

function withGmailThread(thread: Thread, { gmailThreadHash }: ThreadFacts): Thread {
  return gmailThreadHash === undefined ? thread : { ...thread, gmailThreadHash };
}

/** Joins two threads that a message connects, where that is allowed, and answers the one to go on with. */
function join(database: Database, thread: Thread, other: Thread, facts: ThreadFacts): Thread {
  const gmailThreadHash = thread.gmailThreadHash ?? other.gmailThreadHash;
  const areDistinct = other.gmailThreadHash !== undefined && other.gmailThreadHash !== gmailThreadHash;
  const messagesTotal = thread.messagesTotal + other.messagesTotal;
  if (areDistinct || messagesTotal >= maxThreadMessages) {
    const isFull = other.messagesTotal >= maxThreadMessages;
    if (isFull && facts.gmailThreadHash === undefined) setSuccessor(database, other, thread);
    return thread;
  }
  const [kept, left] = thread.key < other.key ? [thread, other] : [other, thread];
  database.run('UPDATE message SET thread_key = ? WHERE thread_key = ?', kept.key, left.key);
  database.run('UPDATE thread SET messages_total = ? WHERE key = ?', messagesTotal, kept.key);
  database.run('UPDATE thread SET messages_total = 0 WHERE key = ?', left.key);
  setSuccessor(database, left, kept);
  if (kept.messagesTotal > 0 && left.messagesTotal > 0) {
    database.run('UPDATE mailbox SET threads_total = threads_total - 1 WHERE id = 1');
  }
  return { ...kept, messagesTotal, gmailThreadHash };
}

function setSuccessor(database: Database, thread: Thread, successor: Thread): void {
  database.run('UPDATE thread SET successor_key = ? WHERE key = ?', successor.key, thread.key);
}
