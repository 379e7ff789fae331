import { bytesOf, integerOf, textOf, type Row } from '../../store/columns.ts';
import type { LabelChange } from '../../mail/mailbox.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { MessageSummary } from '../../mail/message.ts';
import type { FetchedMessage, MessageBody } from '../content/fetched-message.ts';
import { cacheFile } from '../../store/sqlite/mail-cache/cache-file.ts';
import type { FollowedHistory, Standing } from '../../store/sqlite/mail-cache/standing.ts';
import {
  applyHistory,
  beginFollowing,
  idsIn,
  noteWrite,
  readStanding,
} from '../../store/sqlite/mail-cache/standing.ts';
import type { SealedKind } from '../../store/sqlite/mail-cache/message-rows.ts';
import {
  dropLabel,
  forgetSealed,
  insertMessage,
  markUsed,
  relabel,
  removeMessages,
  selectFacts,
  selectSealed,
  trim,
} from '../../store/sqlite/mail-cache/message-rows.ts';
import type { ListedPage } from '../../store/sqlite/mail-cache/page-rows.ts';
import { insertPage, readPage } from '../../store/sqlite/mail-cache/page-rows.ts';
import { insertThread, readThread } from '../../store/sqlite/mail-cache/thread-rows.ts';
import { createSealer } from './seal.ts';
import { storedForms } from './stored-forms.ts';

/** What a process remembers of a mailbox. Nothing here throws for the store's sake: what cannot be kept is not. */
export interface MailCache {
  /** Where it stands, or undefined when there is no cache to rely on. */
  standing(): Standing | undefined;
  /** Begins, or begins again after Gmail has forgotten the history since: labels of all messages are read anew. */
  begin(start: Standing, historyId: string, verifiedMs: number): void;
  apply(history: FollowedHistory): void;
  /** Takes note of a change of ours, after it was made or may have been made. */
  noteWrite(): void;
  /** Applies a change of ours to the messages that are here. */
  relabel(change: LabelChange): void;
  /** Takes a label that we deleted off the messages that are here. */
  dropLabel(labelId: string): void;
  /** Forgets messages that are gone. */
  remove(ids: readonly string[]): void;
  /** Summaries of those messages whose labels are known. */
  summaries(ids: readonly string[]): Promise<ReadonlyMap<string, MessageSummary>>;
  body(id: string): Promise<MessageBody | undefined>;
  raw(id: string): Promise<Uint8Array | undefined>;
  /** Keeps messages that were asked for when the cache stood there. */
  store(messages: readonly FetchedMessage[], standing: Standing | undefined): Promise<void>;
  page(key: string): ListedPage | undefined;
  /** Keeps a page that belongs to where the cache stands. */
  storePage(key: string, standing: Standing, listedMs: number, page: ListedPage): void;
  /** Ids of a thread's messages, oldest first. */
  thread(id: string): readonly string[] | undefined;
  storeThread(id: string, standing: Standing, messageIds: readonly string[]): void;
  close(): void;
}

/** Where a cache lies, the 32 bytes that encrypt it, and how large it may become. */
export interface CacheOptions {
  readonly file: string;
  readonly key: Uint8Array;
  readonly maxBytes: number;
}

const lookups = metrics.counter(
  'gmail_llm_google_cache_lookups_total',
  'What was looked for in the cache of a live account, by what it is and whether it was there.',
  ['of', 'result'],
);

function countLookups(of: 'summary' | 'body' | 'raw' | 'page' | 'thread', asked: number, found: number): void {
  if (found > 0) lookups.add({ of, result: 'hit' }, found);
  if (asked > found) lookups.add({ of, result: 'miss' }, asked - found);
}

/** Counts one lookup and returns what it found. */
function counted<T>(of: 'body' | 'raw' | 'page' | 'thread', found: T | undefined): T | undefined {
  countLookups(of, 1, found === undefined ? 0 : 1);
  return found;
}

/** When something was last used is written down once in so long. */
const useGranularityMs = 3_600_000;
/** One message may take this part of the cache. */
const maxShare = 8;

/** A cache on disk, shared by every process that opens the same file with the same key. */
export function openMailCache(
  { file, key, maxBytes }: CacheOptions,
  emailAddress: string,
  nowMs: () => number,
): MailCache {
  const store = cacheFile(file, nowMs);
  const sealer = createSealer(key);
  // Another number for every change of what is read of a message: what was stored before does not open any more.
  const placeOf = (id: string, kind: SealedKind): string => JSON.stringify(['v3', emailAddress, id, kind]);

  async function open(row: Row, id: string, kind: SealedKind): Promise<Uint8Array | undefined> {
    const bytes = await sealer.open(bytesOf(row, 'bytes'), placeOf(id, kind));
    if (bytes === undefined) store.use((database) => forgetSealed(database, id, kind));
    else if (nowMs() - integerOf(row, 'used_ms') > useGranularityMs) {
      store.use((database) => markUsed(database, id, kind, nowMs()));
    }
    return bytes;
  }

  async function read(id: string, kind: SealedKind): Promise<Uint8Array | undefined> {
    const row = store.use((database) => selectSealed(database, id, kind));
    return row === undefined ? undefined : open(row, id, kind);
  }

  async function summaryOf(row: Row): Promise<MessageSummary | undefined> {
    const id = textOf(row, 'message_id');
    const bytes = await open(row, id, 'facts');
    const facts = bytes === undefined ? undefined : storedForms.facts.read(bytes);
    if (facts === undefined) return undefined;
    return { ...facts, labelIds: idsIn(textOf(row, 'label_ids')), historyId: textOf(row, 'history_id') };
  }

  async function sealAll(message: FetchedMessage): Promise<readonly (readonly [SealedKind, Uint8Array])[]> {
    const { facts, body, raw } = message;
    const parts: readonly (readonly [SealedKind, Uint8Array | undefined])[] = [
      ['facts', storedForms.facts.write(facts)],
      ['body', body === undefined ? undefined : storedForms.body.write(body)],
      ['raw', raw],
    ];
    const sealed = parts.map(async ([kind, bytes]) =>
      bytes === undefined ? [] : [[kind, await sealer.seal(bytes, placeOf(facts.id, kind))] as const],
    );
    return (await Promise.all(sealed)).flat().filter(([, bytes]) => bytes.length <= maxBytes / maxShare);
  }

  return {
    standing: () => store.use((database) => readStanding(database, nowMs())),
    begin(start, historyId, verifiedMs) {
      store.use((database) => beginFollowing(database, start, historyId, verifiedMs));
    },
    apply(history) {
      store.use((database) => applyHistory(database, history));
    },
    noteWrite() {
      store.use((database) => noteWrite(database, nowMs()));
    },
    relabel(change) {
      store.use((database) => relabel(database, change));
    },
    dropLabel(labelId) {
      store.use((database) => dropLabel(database, labelId));
    },
    remove(ids) {
      store.use((database) => removeMessages(database, ids));
    },
    async summaries(ids) {
      const rows = store.use((database) => selectFacts(database, ids)) ?? [];
      const summaries = await Promise.all(rows.map(summaryOf));
      const found = new Map(
        summaries.flatMap((summary) => (summary === undefined ? [] : [[summary.id, summary] as const])),
      );
      countLookups('summary', ids.length, found.size);
      return found;
    },
    async body(id) {
      const bytes = await read(id, 'body');
      return counted('body', bytes === undefined ? undefined : storedForms.body.read(bytes));
    },
    raw: async (id) => counted('raw', await read(id, 'raw')),
    async store(messages, standing) {
      if (messages.length === 0 || standing?.historyId === undefined) return;
      const { historyId } = standing;
      const sealed = await Promise.all(messages.map(async (message) => ({ message, parts: await sealAll(message) })));
      store.use((database) =>
        database.write(() => {
          for (const { message, parts } of sealed) insertMessage(database, message, historyId, parts, nowMs());
          trim(database, maxBytes);
        }),
      );
    },
    page: (key) =>
      counted(
        'page',
        store.use((database) => readPage(database, sealer.keyedHash(key), nowMs())),
      ),
    storePage(key, { epoch }, listedMs, page) {
      store.use((database) => insertPage(database, sealer.keyedHash(key), { epoch, listedMs }, page));
    },
    thread: (id) =>
      counted(
        'thread',
        store.use((database) => readThread(database, id)),
      ),
    storeThread(id, { epoch }, messageIds) {
      store.use((database) => insertThread(database, id, epoch, messageIds));
    },
    close: () => store.close(),
  };
}
