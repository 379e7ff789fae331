import { isDeepStrictEqual } from 'node:util';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { writeContentState } from '../upkeep/content-state.ts';
import { noteCopied, settingKinds } from './copied-to.ts';
import { copyLabels, keyOfUserLabel, passLabelKeys } from './copy-labels.ts';
import { copyMessages } from './copy-messages.ts';
import { draftPages, messagePages } from './mailbox-pages.ts';

/** Messages of one transaction. */
const batchMessages = 100;
const batchRows = 1000;

/** How a copy is done. */
export interface CopyOptions {
  /** The address of the mailbox, in lower case, or of the account. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: { readonly messages: number; readonly bytes: number }) => void;
}

/** What a copy came to. */
export interface CopyReport {
  readonly copied: number;
  readonly changed: number;
  readonly deleted: number;
}

/**
 * Makes one mailbox the same as another in a store of any kind, with all its ids and its history; only what differs is
 * written, so that a copy that was stopped goes on from there, and one of a mailbox that changed meanwhile brings the
 * changes. Nobody else may write to `to`. Throws the signal's reason.
 */
export async function copyMailbox(from: MailStore, to: MailStore, options: CopyOptions): Promise<CopyReport> {
  await copyLabels(from, to);
  await copyThreads(from, to);
  const keys: number[] = [];
  const ids = new Set<string>();
  for await (const page of messagePages(from, options.signal)) {
    for (const { key, id } of page) {
      keys.push(key);
      ids.add(id);
    }
  }
  // First, so that what they have is free: bytes and drafts may be another message's by now.
  const report = { copied: 0, changed: 0, deleted: await deleteStale(from, to, ids, options.signal) };
  const done = { messages: 0, bytes: 0 };
  // The oldest first: of two of the same moment the order stays.
  for (let end = keys.length; end > 0; end -= batchMessages) {
    options.signal.throwIfAborted();
    const messages = await from.once((rows) => rows.messages.byKeys(keys.slice(Math.max(0, end - batchMessages), end)));
    done.messages += messages.length;
    for (const { summary } of messages) done.bytes += summary.sizeEstimate;
    const { copied, changed } = await copyMessages(from, to, messages.toReversed(), options);
    report.copied += copied;
    report.changed += changed;
    options.onProgress({ ...done });
  }
  await copyThreads(from, to);
  await copyDrafts(from, to);
  await copyValues(from, to);
  await copyHistory(from, to, options.signal);
  await to.optimize();
  return report;
}

const hasMessages = (total = 0): boolean => total > 0;

/** All threads, also those whose messages have gone: their ids lead on. Counts are made right by the messages. */
async function copyThreads(from: MailStore, to: MailStore): Promise<void> {
  const { nextKey } = await from.once((rows) => rows.threads.around({}));
  for (let first = 1; first < nextKey; first += batchRows) {
    const keys = Array.from({ length: Math.min(batchRows, nextKey - first) }, (_, n) => first + n);
    const wanted = new Set(keys);
    const source = await from.once((rows) => rows.threads.around({ keys }));
    const threads = source.threads.filter(({ key }) => wanted.has(key));
    // Counted where nothing comes between: another run may be at the same copy.
    await to.write(async (rows) => {
      const copied = await rows.threads.around({ ids: threads.map(({ id }) => id) });
      const known = new Map(copied.threads.map((thread) => [thread.key, thread]));
      const filled = threads.filter(
        ({ key, messagesTotal }) => hasMessages(messagesTotal) && !hasMessages(known.get(key)?.messagesTotal),
      );
      const emptied = threads.filter(
        ({ key, messagesTotal }) => !hasMessages(messagesTotal) && hasMessages(known.get(key)?.messagesTotal),
      );
      await rows.threads.apply({ threads, links: [], moves: [], threadsTotalChange: filled.length - emptied.length });
    });
  }
}

/** Deletes what is only in the copy; returns how many messages. */
export async function deleteOthers(to: MailStore, ids: ReadonlySet<string>, signal: AbortSignal): Promise<number> {
  const gone: number[] = [];
  for await (const page of messagePages(to, signal)) {
    gone.push(...page.filter(({ id }) => !ids.has(id)).map(({ key }) => key));
  }
  if (gone.length > 0) {
    await to.write((rows) => rows.messages.delete(gone));
    await to.bytes.sweep();
  }
  return gone.length;
}

/** Deletes what is only in the copy, or is another draft's message there. */
async function deleteStale(
  from: MailStore,
  to: MailStore,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<number> {
  const kept = new Set(ids);
  const drafts = new Map<string, string>();
  for await (const page of draftPages(from)) for (const { id, message } of page) drafts.set(id, message.id);
  for await (const page of draftPages(to)) {
    for (const { id, message } of page) if (drafts.get(id) !== message.id) kept.delete(message.id);
  }
  return deleteOthers(to, kept, signal);
}

async function copyDrafts(from: MailStore, to: MailStore): Promise<void> {
  for await (const drafts of draftPages(from)) {
    await to.write(async (rows) => {
      const targets = await rows.messages.targets(drafts.map(({ message }) => message.id));
      const keys = new Map(targets.map(({ id, key }) => [id, key]));
      for (const { id, message } of drafts) {
        const key = keys.get(message.id);
        if (key !== undefined) await rows.drafts.put(id, key);
      }
    });
  }
}

const valueKinds = [...settingKinds, 'mark'] as const;

async function copyValues(from: MailStore, to: MailStore): Promise<void> {
  const kept = await from.read(async (rows) => {
    const all = [];
    for (const kind of valueKinds) all.push({ kind, values: await rows.values.list(kind) });
    return all;
  });
  await to.write(async (rows) => {
    for (const { kind, values } of kept) {
      const known = await rows.values.list(kind);
      if (isDeepStrictEqual(known, values)) continue;
      // All of them, as they are listed in the order in which they were made.
      for (const { name } of known) await rows.values.delete(kind, name);
      for (const { name, value } of values) await rows.values.put(kind, name, value);
    }
    // All content was made by this version.
    await writeContentState(rows, 'all');
    await noteCopied(rows);
  });
}

/** Copies the changes that are still known, and how far the history goes: ids that were given out stay good. */
async function copyHistory(from: MailStore, to: MailStore, signal: AbortSignal): Promise<void> {
  const { historyId, oldestHistoryId } = await from.once((rows) => rows.totals());
  let highestLabel = 0;
  let after = Math.max(oldestHistoryId, (await to.once((rows) => rows.totals())).historyId);
  for (;;) {
    signal.throwIfAborted();
    const reached = after;
    const entries = await from.once((rows) => rows.history.after(reached, batchRows));
    for (const { labelsAdded, labelsRemoved } of entries) {
      highestLabel = Math.max(highestLabel, ...[...labelsAdded, ...labelsRemoved].map(keyOfUserLabel));
    }
    await to.write(async (rows) => {
      const { threads } = await rows.threads.around({ ids: [...new Set(entries.map(({ threadId }) => threadId))] });
      const keys = new Map(threads.map(({ id, key }) => [id, key]));
      await rows.history.record(entries.map((entry) => ({ ...entry, threadKey: keys.get(entry.threadId) ?? 0 })));
      // All that was recorded, so that a copy that is stopped here goes on from here.
      await rows.history.reach(entries.length < batchRows ? historyId : (entries.at(-1)?.historyId ?? historyId));
      await noteCopied(rows);
    });
    if (entries.length < batchRows) break;
    after = entries.at(-1)?.historyId ?? historyId;
  }
  await to.write(async (rows) => {
    await rows.history.keep(historyId - oldestHistoryId);
    await passLabelKeys(rows, highestLabel);
  });
}
