import { createHash } from 'node:crypto';
import type { SourceMessage } from '../../gmail/reading/mirror-source.ts';
import { prepareMessage, type PreparedMessage } from '../../local/arrival/prepare-message.ts';
import { beginContent } from '../../local/upkeep/content-state.ts';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { labelKeysOf } from './mirror-labels.ts';
import { readDeletedIds } from './mirror-state.ts';
import { upToDateCheck } from './passed-over.ts';

/** A message of Gmail's, ready to be stored: its bytes are. */
export interface PreparedSource {
  readonly source: SourceMessage;
  readonly message: PreparedMessage;
}

/** Parses messages and stores their bytes, before other writers have to wait. `owner` is the account's address. */
export async function prepareAll(
  store: MailStore,
  owner: string,
  sources: readonly SourceMessage[],
  signal: AbortSignal | undefined,
): Promise<readonly PreparedSource[]> {
  // Gmail's id is in the hash: two messages of the same bytes are two.
  const hashes = sources.map(({ raw, id }) => createHash('sha256').update(raw).update(id).digest());
  const keys = await store.bytes.put(sources.map(({ raw }, index) => ({ raw, sha256: hashes[index] ?? raw })));
  const prepared: PreparedSource[] = [];
  for (const [index, source] of sources.entries()) {
    const { raw, internalDateMs, snippet } = source;
    const limits = { ...storedMailLimits.parsing, ...(signal === undefined ? {} : { signal }) };
    const { parsed } = await parseOrHeaders(raw, limits);
    const place = { sha256: hashes[index] ?? raw, bytesKey: keys[index] ?? 0, owner };
    const message = await prepareMessage({ raw, parsed, labels: [], internalDateMs }, place);
    prepared.push({
      source,
      message: { ...message, content: { ...message.content, snippet: snippet.replaceAll('\0', '\u{fffd}') } },
    });
  }
  return prepared;
}

/**
 * Stores messages that are not there and were not deleted meanwhile, with Gmail's ids. Returns the ids of those that have
 * changed since they were fetched, and are to be fetched again; `from` is the history id that the mirror had come to before
 * they were. Runs inside a write transaction.
 */
export async function putAll(
  rows: MailWriter,
  prepared: readonly PreparedSource[],
  from: string,
): Promise<readonly string[]> {
  const known = new Set((await rows.messages.targets(prepared.map(({ source }) => source.id))).map(({ id }) => id));
  const deleted = await readDeletedIds(rows);
  const absent = prepared.filter(({ source }) => !known.has(source.id) && !deleted.has(source.id));
  const isUpToDate = await upToDateCheck(rows, from);
  const changed = absent.filter(({ source }) => !isUpToDate(source)).map(({ source }) => source.id);
  const fresh = absent.filter(({ source }) => isUpToDate(source));
  if (fresh.length === 0) return changed;
  if ((await rows.totals()).messagesTotal === 0) await beginContent(rows);
  const labelKeys = await labelKeysOf(
    rows,
    fresh.flatMap(({ source }) => source.labelIds),
  );
  const threadKeys = await joinThreads(rows, fresh);
  // Gmail lists the newest first; of two of the same moment the older one gets the lower key.
  await rows.messages.insert(
    fresh.toReversed().map(({ source, message }) => ({
      ...message.content,
      id: source.id,
      threadKey: threadKeys.get(source.threadId) ?? 0,
      historyId: Number(source.historyId),
      internalDateMs: source.internalDateMs,
      labelKeys: [...new Set(source.labelIds)].flatMap((id) => labelKeys.get(id) ?? []),
      bytesKey: message.bytesKey,
    })),
  );
  return changed;
}

/** Makes the threads of messages that are about to be stored, and counts them there; returns keys by Gmail's ids. */
async function joinThreads(rows: MailWriter, fresh: readonly PreparedSource[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { source } of fresh) counts.set(source.threadId, (counts.get(source.threadId) ?? 0) + 1);
  const { threads, nextKey } = await rows.threads.around({ ids: [...counts.keys()] });
  const known = new Map(threads.map((thread) => [thread.id, thread]));
  let next = nextKey;
  const changed = Array.from(counts, ([id, count]) => {
    const thread = known.get(id) ?? {
      key: next++,
      id,
      messagesTotal: 0,
      gmailThreadHash: undefined,
      successorKey: undefined,
    };
    return { ...thread, messagesTotal: thread.messagesTotal + count };
  });
  const newlyFilled = changed.filter(({ id }) => (known.get(id)?.messagesTotal ?? 0) === 0);
  await rows.threads.apply({ threads: changed, links: [], moves: [], threadsTotalChange: newlyFilled.length });
  return new Map(changed.map(({ id, key }) => [id, key]));
}
