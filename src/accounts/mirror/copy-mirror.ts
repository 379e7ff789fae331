import { createHash } from 'node:crypto';
import type { SourceMessage } from '../../gmail/reading/mirror-source.ts';
import { deleteOthers, type CopyOptions, type CopyReport } from '../../local/migrate/copy-mailbox.ts';
import { copiesOf, type Copies } from '../../local/migrate/copy-messages.ts';
import { messageKeys } from '../../local/migrate/mailbox-pages.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import type { StoredMessage } from '../../store/mail/message-rows.ts';
import { putLabels } from './mirror-labels.ts';
import { atStart, readMirrorState, writeMirrorState, type MirrorState } from './mirror-state.ts';
import { prepareAll, putAll } from './put-messages.ts';
import { hasLabels, relabelTo } from './relabel.ts';

/** Messages of one transaction. */
const batchMessages = 100;

/** What is in a mirror: two of the same digest hold the same messages and labels. */
export interface MirrorDigest {
  readonly messages: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/**
 * Makes one mirror the same as another, in a store of any kind; only what differs is written. At any moment of it the copy is a
 * mirror that servers could go on with: it never says that it has come further in the history than its messages have. Nobody
 * else may write to `to`. Throws the signal's reason.
 */
export async function copyMirror(from: MailStore, to: MailStore, options: CopyOptions): Promise<CopyReport> {
  // Before the messages: what changes meanwhile comes by the history after this.
  const { marks, state } = await from.read(async (rows) => ({
    marks: await rows.values.list('mark'),
    state: await readMirrorState(rows),
  }));
  const labels = await from.once((rows) => rows.labels.list());
  await to.write(async (rows) => {
    await putLabels(rows, labels);
    if (state !== undefined && (await readMirrorState(rows)) === undefined) await writeMirrorState(rows, begun(state));
  });
  const copy = { copied: 0, changed: 0, deleted: 0 };
  const ids = new Set<string>();
  let bytes = 0;
  const keys = await messageKeys(from, options.signal);
  // The oldest first: of two of the same moment the order stays.
  for (let end = keys.length; end > 0; end -= batchMessages) {
    options.signal.throwIfAborted();
    const page = keys.slice(Math.max(0, end - batchMessages), end);
    const messages = await from.once((rows) => rows.messages.byKeys(page));
    for (const { id, summary } of messages) {
      ids.add(id);
      bytes += summary.sizeEstimate;
    }
    const known = await copiesOf(to, messages);
    copy.changed += await bringLabels(to, messages, known);
    const absent = messages.filter(({ id }) => !known.has(id));
    copy.copied += await putAbsent(from, to, absent, options);
    options.onProgress({ messages: ids.size, bytes });
  }
  copy.deleted = await deleteOthers(to, ids, options.signal);
  await to.write(async (rows) => {
    for (const { name } of await rows.values.list('mark')) await rows.values.delete('mark', name);
    for (const { name, value } of marks) await rows.values.put('mark', name, value);
  });
  await to.optimize();
  return copy;
}

/** A mirror that has begun at the same point of the history, and has no messages yet. */
function begun(state: MirrorState): MirrorState {
  return { ...atStart(state), phase: 'filling', startedWith: 0 };
}

/** Gives messages that are there the labels and the history id that they have in the source; returns how many had others. */
async function bringLabels(to: MailStore, messages: readonly StoredMessage[], known: Copies): Promise<number> {
  const changed = messages.flatMap(({ id, summary: { labelIds, historyId } }) => {
    const copy = known.get(id);
    const isSame = copy === undefined || (hasLabels(copy, labelIds) && copy.summary.historyId === historyId);
    return isSame ? [] : [{ copy, labelIds, historyId }];
  });
  if (changed.length === 0) return 0;
  await to.write(async (rows) => {
    for (const { copy, labelIds, historyId } of changed) await relabelTo(rows, copy, labelIds, historyId);
  });
  return changed.length;
}

/** Stores messages that are not there; returns how many. */
async function putAbsent(
  from: MailStore,
  to: MailStore,
  messages: readonly StoredMessage[],
  { owner, signal }: CopyOptions,
): Promise<number> {
  const sources: SourceMessage[] = [];
  for (const { id, bytesKey, summary } of messages) {
    const { threadId, labelIds, historyId, internalDate, snippet } = summary;
    const raw = await from.bytes.get(bytesKey);
    sources.push({ id, threadId, labelIds, historyId, internalDateMs: Number(internalDate), snippet, raw });
  }
  if (sources.length === 0) return 0;
  const prepared = await prepareAll(to, owner, sources, signal);
  await to.write((rows) => putAll(rows, prepared, String(Number.MAX_SAFE_INTEGER)));
  return sources.length;
}

/** What is in a mirror, in one hash over ids, threads, labels, dates and bytes. Reads every byte. */
export async function digestMirror(store: MailStore, signal: AbortSignal): Promise<MirrorDigest> {
  const labels = await store.once((rows) => rows.labels.list());
  const parts = labels.map(({ id, name }) => JSON.stringify([id, name]));
  const keys = await messageKeys(store, signal);
  for (let first = 0; first < keys.length; first += batchMessages) {
    signal.throwIfAborted();
    const page = keys.slice(first, first + batchMessages);
    for (const { bytesKey, summary } of await store.once((rows) => rows.messages.byKeys(page))) {
      const { id, threadId, internalDate, labelIds, historyId, snippet } = summary;
      const hash = createHash('sha256');
      hash.update(JSON.stringify([id, threadId, internalDate, labelIds.toSorted(), historyId, snippet]));
      hash.update(await store.bytes.get(bytesKey));
      parts.push(hash.digest('hex'));
    }
  }
  // Keys are each store's own, and with them the order of messages of one moment.
  const hash = createHash('sha256').update(parts.toSorted().join('\n')).digest('hex');
  return { messages: keys.length, hash };
}
