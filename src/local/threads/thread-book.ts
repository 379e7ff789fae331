import type { Neighbour, ThreadChanges, ThreadRow, ThreadSurroundings } from '../../store/mail/thread-rows.ts';
import { followThread } from './follow-thread.ts';

/**
 * The threads around messages that are being placed: what the store told of them, and what has been decided since. It
 * is kept in memory while one batch is placed, and its {@link changes} are what the store is to be told.
 */
export class ThreadBook {
  readonly #threads: Map<number, ThreadRow>;
  readonly #keysById: Map<string, number>;
  readonly #links: Map<number, number>;
  readonly #placed = new Map<number, Neighbour[]>();
  readonly #changed = new Set<number>();
  readonly #newLinks: { readonly hash: number; readonly threadKey: number }[] = [];
  readonly #moves: { readonly fromKey: number; readonly toKey: number }[] = [];
  #nextKey: number;
  #threadsTotalChange = 0;

  constructor({ threads, links, nextKey }: Pick<ThreadSurroundings, 'threads' | 'links' | 'nextKey'>) {
    this.#threads = new Map(threads.map((thread) => [thread.key, thread]));
    this.#keysById = new Map(threads.map(({ id, key }) => [id, key]));
    this.#links = new Map(links);
    this.#nextKey = nextKey;
  }

  /** The thread of a key, on to where its messages are now, or to where the next message goes. */
  follow(key: number, until: 'joined' | 'open'): ThreadRow {
    return followThread(this.#threads, key, until);
  }

  /** The thread of exactly this key. */
  thread(key: number): ThreadRow {
    const thread = this.#threads.get(key);
    if (thread === undefined) throw new Error(`thread ${key} is missing`);
    return thread;
  }

  linked(hash: number, until: 'joined' | 'open'): ThreadRow | undefined {
    const key = this.#links.get(hash);
    return key === undefined ? undefined : this.follow(key, until);
  }

  /** Messages of this subject that were placed before. */
  placedWith(subjectHash: number): readonly Neighbour[] {
    return this.#placed.get(subjectHash) ?? [];
  }

  /** The thread of an id, where its messages are now; made where there is none. */
  found(id: string): ThreadRow {
    const key = this.#keysById.get(id);
    if (key !== undefined) return this.follow(key, 'joined');
    const made = { key: this.#nextKey, id, messagesTotal: 0, gmailThreadHash: undefined, successorKey: undefined };
    this.#nextKey += 1;
    this.#keysById.set(id, made.key);
    this.#set(made);
    return made;
  }

  /** Counts a message in a thread and ties the links to it that no thread has. */
  enter(thread: ThreadRow, links: readonly number[], message: Neighbour | undefined): void {
    if (thread.messagesTotal === 0) this.#threadsTotalChange += 1;
    this.#set({ ...thread, messagesTotal: thread.messagesTotal + 1 });
    for (const hash of links) {
      if (this.#links.has(hash)) continue;
      this.#links.set(hash, thread.key);
      this.#newLinks.push({ hash, threadKey: thread.key });
    }
    if (message === undefined) return;
    const placed = this.#placed.get(message.subjectHash);
    if (placed === undefined) this.#placed.set(message.subjectHash, [message]);
    else placed.push(message);
  }

  /** Moves all messages of one thread to another and answers that one. */
  join(kept: ThreadRow, left: ThreadRow): ThreadRow {
    if (kept.messagesTotal > 0 && left.messagesTotal > 0) this.#threadsTotalChange -= 1;
    const joined = { ...kept, messagesTotal: kept.messagesTotal + left.messagesTotal };
    this.#set(joined);
    this.#set({ ...left, messagesTotal: 0, successorKey: kept.key });
    this.#moves.push({ fromKey: left.key, toKey: kept.key });
    return joined;
  }

  /** A full thread goes on in another. */
  continueIn(full: ThreadRow, successor: ThreadRow): void {
    this.#set({ ...full, successorKey: successor.key });
  }

  /** Where a message that was placed in a thread is by now. */
  whereabouts(key: number): number {
    return this.#moves.reduce((at, { fromKey, toKey }) => (at === fromKey ? toKey : at), key);
  }

  get changes(): ThreadChanges {
    return {
      threads: [...this.#changed].map((key) => this.thread(key)),
      links: this.#newLinks,
      moves: this.#moves,
      threadsTotalChange: this.#threadsTotalChange,
    };
  }

  #set(thread: ThreadRow): void {
    this.#threads.set(thread.key, thread);
    this.#changed.add(thread.key);
  }
}
