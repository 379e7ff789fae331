import type {
  Neighbour,
  NeighbourQuery,
  ThreadChanges,
  ThreadQuery,
  ThreadRow,
  ThreadSurroundings,
} from '../../store/mail/thread-rows.ts';
import { maxThreadMessages } from './follow-thread.ts';
import { ThreadBook } from './thread-book.ts';
import type { ThreadFacts } from './thread-facts.ts';
import { linksOf } from './thread-facts.ts';

/** Messages without references join by subject within this time (workspaceupdates.googleblog.com, March 2019). */
const subjectWindowMs = 7 * 24 * 60 * 60 * 1000;
/** Messages of one subject looked at on either side, the nearest in time: a bound for the daily report of years. */
const maxNeighbours = 64;

/** A message that is to get a thread. */
export interface Placement {
  /** The message's own: a thread that begins with it has it, too. */
  readonly id: string;
  readonly internalDateMs: number;
  readonly facts: ThreadFacts;
  /** `rules` for mail that arrives; a thread of its own; or the thread of a key. */
  readonly thread: 'rules' | 'own' | number;
}

/** What {@link placeInThreads} has to know. */
export function threadQueryOf(placements: readonly Placement[]): ThreadQuery {
  return {
    keys: placements.flatMap(({ thread }) => (typeof thread === 'number' ? [thread] : [])),
    ids: placements.map(({ id }) => id),
    links: [...new Set(placements.flatMap(({ facts }) => linksOf(facts)))],
    neighbours: placements.flatMap(neighbourQueriesOf),
  };
}

/**
 * The key of the thread that each message belongs to, in the same order, and what becomes of the threads by it. A
 * message may join several threads that it connects.
 *
 * Gmail's own thread id wins. Else messages share a thread that share a reference and the base subject; and a message
 * without references joins earlier ones of the same base subject and a common participant within seven days. Neither
 * depends on the order of arrival. Of joined threads the one stored first keeps its id. These rules let no thread grow
 * over {@link maxThreadMessages}: it goes on in a successor.
 */
export function placeInThreads(
  placements: readonly Placement[],
  surroundings: ThreadSurroundings,
): { readonly threadKeys: readonly number[]; readonly changes: ThreadChanges } {
  const book = new ThreadBook(surroundings);
  const stored = [...surroundings.neighbours];
  const placed = placements.map((placement) => {
    const queries = neighbourQueriesOf(placement);
    const neighbours = queries.flatMap((query) => nearest(query, stored.shift() ?? [], book));
    return place(book, placement, neighbours).key;
  });
  return { threadKeys: placed.map((key) => book.whereabouts(key)), changes: book.changes };
}

/** Of two messages the later one decides, whichever arrives first: it joins by subject if it has no references. */
function neighbourQueriesOf({ facts, internalDateMs, thread }: Placement): readonly NeighbourQuery[] {
  const { subjectHash, hasReferences, participantHashes } = facts;
  if (thread !== 'rules' || subjectHash === undefined || participantHashes.length === 0) return [];
  const query = { subjectHash, limit: maxNeighbours, fromMs: internalDateMs, toMs: internalDateMs };
  const later = {
    ...query,
    toMs: internalDateMs + subjectWindowMs,
    order: 'earliest',
    isWithoutReferences: true,
  } as const;
  const earlier = {
    ...query,
    fromMs: internalDateMs - subjectWindowMs,
    order: 'latest',
    isWithoutReferences: false,
  } as const;
  return hasReferences ? [later] : [earlier, later];
}

/** What the store would find by now, with the messages of this batch that came before. */
function nearest(
  { subjectHash, fromMs, toMs, order, isWithoutReferences, limit }: NeighbourQuery,
  stored: readonly Neighbour[],
  book: ThreadBook,
): readonly Neighbour[] {
  const recent = book
    .placedWith(subjectHash)
    .filter(
      (message) =>
        message.internalDateMs >= fromMs &&
        message.internalDateMs <= toMs &&
        !(isWithoutReferences && message.hasReferences),
    );
  if (recent.length === 0) return stored;
  const sign = order === 'latest' ? -1 : 1;
  return [...stored, ...recent].toSorted((a, b) => sign * (a.internalDateMs - b.internalDateMs)).slice(0, limit);
}

function place(book: ThreadBook, placement: Placement, neighbours: readonly Neighbour[]): ThreadRow {
  const { facts, internalDateMs } = placement;
  const thread = chooseThread(book, placement, neighbours);
  const { subjectHash, hasReferences, participantHashes } = facts;
  const message =
    subjectHash === undefined
      ? undefined
      : { subjectHash, internalDateMs, threadKey: thread.key, hasReferences, participantHashes };
  book.enter(thread, linksOf(facts), message);
  return thread;
}

function chooseThread(book: ThreadBook, placement: Placement, neighbours: readonly Neighbour[]): ThreadRow {
  const { facts, id, thread } = placement;
  if (thread === 'own') return book.found(id);
  if (typeof thread === 'number') return book.thread(thread);

  const { gmailThreadHash, linkHashes, participantHashes } = facts;
  const own = gmailThreadHash === undefined ? undefined : book.linked(gmailThreadHash, 'joined');
  const wanted = new Set(participantHashes);
  const acquainted = neighbours.filter((message) => message.participantHashes.some((hash) => wanted.has(hash)));
  const connected = new Map(
    [
      ...linkHashes.flatMap((link) => book.linked(link, 'open') ?? []),
      ...acquainted.map(({ threadKey }) => book.follow(threadKey, 'open')),
    ].map((candidate) => [candidate.key, candidate]),
  );
  const candidates = [...connected.values()].toSorted((a, b) => a.key - b.key);
  const isOpen = (candidate: ThreadRow): boolean =>
    candidate.messagesTotal < maxThreadMessages &&
    (gmailThreadHash === undefined || candidate.gmailThreadHash === undefined);
  const first = own ?? candidates.find(isOpen) ?? book.found(id);
  return candidates
    .filter(({ key }) => key !== first.key)
    .reduce((chosen, other) => join(book, chosen, other, facts), withGmailThread(first, facts));
}

function withGmailThread(thread: ThreadRow, { gmailThreadHash }: ThreadFacts): ThreadRow {
  return gmailThreadHash === undefined ? thread : { ...thread, gmailThreadHash };
}

/** Joins two threads that a message connects, where that is allowed, and answers the one to go on with. */
function join(book: ThreadBook, thread: ThreadRow, other: ThreadRow, facts: ThreadFacts): ThreadRow {
  const gmailThreadHash = thread.gmailThreadHash ?? other.gmailThreadHash;
  const areDistinct = other.gmailThreadHash !== undefined && other.gmailThreadHash !== gmailThreadHash;
  const messagesTotal = thread.messagesTotal + other.messagesTotal;
  if (areDistinct || messagesTotal >= maxThreadMessages) {
    const isFull = other.messagesTotal >= maxThreadMessages;
    if (isFull && facts.gmailThreadHash === undefined) book.continueIn(other, thread);
    return thread;
  }
  const [kept, left] = thread.key < other.key ? [thread, other] : [other, thread];
  return book.join({ ...kept, gmailThreadHash }, left);
}
