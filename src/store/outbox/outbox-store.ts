import type { Actor } from '../../core/actor.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import type { AuditWriter } from '../audit/audit-log.ts';
import type { MessageToSend } from './message-to-send.ts';
import type { OutboxEntry, SendProgress } from './outbox-entry.ts';
import type { SendState, SendStep } from './send-states.ts';

/**
 * How long a process is believed to work on an entry since it last said so. Whoever is slower and goes on does no harm:
 * its hold is lost, and the draft it sends is honoured once.
 */
export const holdMs = 20_000;

/** How long an entry and its key are kept after the last change. */
export const keptMs = 30 * 24 * 60 * 60 * 1000;

/** A hold on an entry: while it lasts no other process works on it. Lost when it ran out and another took it. */
export interface Hold {
  readonly id: string;
  readonly fence: number;
}

/** An entry that this process works on. */
export interface HeldEntry {
  readonly hold: Hold;
  readonly entry: OutboxEntry;
}

interface NewEntry {
  readonly id: string;
  readonly account: string;
  readonly key: string | undefined;
  /** How long the key stands for this entry; then a call with the same key is another one. */
  readonly keyMs: number;
  readonly state: 'parked' | 'waiting' | 'drafting';
  readonly sendsAtMs: number;
  readonly operation: string;
  readonly actor: Actor;
  readonly message: MessageToSend;
  /** How many messages of the account may be sent in any time of so many milliseconds. */
  readonly limits: readonly { readonly count: number; readonly windowMs: number }[];
}

/** What became of an entry to be added; one in the state `drafting` is held by whoever added it. */
type Added =
  | { readonly kind: 'added'; readonly held: HeldEntry }
  | { readonly kind: 'known'; readonly entry: OutboxEntry }
  | { readonly kind: 'over limit' };

/** What can be read of an outbox. */
export interface OutboxReader {
  get(id: string): Promise<OutboxEntry | undefined>;
  /** The entry that a key stands for; see {@link NewEntry.keyMs}. */
  findByKey(account: string, key: string, keyMs: number): Promise<OutboxEntry | undefined>;
  /** The message; undefined once the entry is final. */
  raw(id: string): Promise<Uint8Array | undefined>;
  /** The newest first; those asked for before `before`, where that is given. */
  list(filter: {
    readonly states?: readonly SendState[];
    readonly account?: string | undefined;
    readonly before?: Pick<OutboxEntry, 'id' | 'createdMs'> | undefined;
    readonly limit: number;
  }): Promise<readonly OutboxEntry[]>;
  /** How many entries there are of each state that has some, of one account or of all. */
  count(account?: string): Promise<Readonly<Partial<Record<SendState, number>>>>;
  /** Entries that nobody holds and a worker may have to do something for, the oldest first. */
  listToDo(): Promise<readonly OutboxEntry[]>;
  /** Messages of an account that left, or may yet leave, after a moment; without one of them. */
  countSentSince(account: string, sinceMs: number, exceptId?: string): Promise<number>;
  /** Whether another entry has this message as its own. */
  isResultOfOther(entry: OutboxEntry, messageId: string): Promise<boolean>;
  /** Whether the entry's draft was sent by another entry. */
  isDraftSentByOther(entry: OutboxEntry): Promise<boolean>;
  /** Whether a draft is about to be sent, or may have been: then nobody may change it. */
  isDraftInWork(account: string, draftId: string): Promise<boolean>;
}

/** What may be done while no process changes the outbox. */
interface OutboxInside {
  get(id: string): Promise<OutboxEntry | undefined>;
  isHeld(hold: Hold): Promise<boolean>;
  markAudited(id: string): Promise<void>;
  readonly audit: AuditWriter;
}

/** The outbox's rows. Every change is one transaction and is on the disk when it returns. */
export interface OutboxStore extends OutboxReader {
  /** Adds an entry; when one of this key is there already, returns that one instead. */
  add(entry: NewEntry): Promise<Added>;
  /**
   * Takes an entry to work on, if nobody holds it: with a step, if it may make that, which is made at once; without, if
   * its outcome is open.
   */
  take(id: string, step?: SendStep): Promise<HeldEntry | undefined>;
  /** Says that the work goes on. */
  keep(hold: Hold): Promise<void>;
  /** Notes something of a held entry. False when the hold was lost: then nothing is changed. */
  note(hold: Hold, more: SendProgress & { readonly isUnaudited?: boolean }): Promise<boolean>;
  /**
   * Lets a held entry make a step. False when the hold was lost: then nothing is changed. Throws for a step that its
   * state does not allow.
   */
  advance(hold: Hold, step: SendStep, more?: SendProgress & { readonly sendsAtMs?: number }): Promise<boolean>;
  isHeld(hold: Hold): Promise<boolean>;
  release(hold: Hold): Promise<void>;
  /** Lets an entry that nobody holds make a step; false when it may not. */
  move(id: string, step: SendStep, more?: SendProgress): Promise<boolean>;
  /**
   * Puts another message in the place of one that is parked, is the one with this hash, and of which nothing is in the
   * mailbox yet. False where that is no longer so: then nothing is changed.
   */
  replace(id: string, contentHash: string, message: MessageToSend): Promise<boolean>;
  /**
   * Writes down that the message was sent, which stays true when the hold was lost: then whoever has it loses it, too.
   * False when the entry is where no proof leads on.
   */
  confirm(hold: Hold, result: FiledMessage): Promise<boolean>;
  /** Does work while no process changes the outbox, which waits for nothing but what it is given. */
  exclusively<T>(work: (inside: OutboxInside) => Promise<T>): Promise<T>;
  /** Forgets entries that nobody has touched for {@link keptMs}, and returns how many. */
  forgetOld(): Promise<number>;
  close(): void;
}
