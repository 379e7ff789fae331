import { createHash } from 'node:crypto';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import { nameOfHash } from '../../store/mail/name-of-hash.ts';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import type { StoredMessage } from '../../store/mail/message-rows.ts';
import { hashOf } from '../arrival/hash-of.ts';
import { prepareMessage, type PreparedMessage } from '../arrival/prepare-message.ts';
import { linksOf } from '../threads/thread-facts.ts';

/** Messages of the copy by their ids. */
export type Copies = ReadonlyMap<string, StoredMessage>;

/** Those of these messages that are in the copy, as they are there. */
export async function copiesOf(to: MailStore, messages: readonly StoredMessage[]): Promise<Copies> {
  return to.once((rows) => copiesIn(rows, messages));
}

async function copiesIn(rows: MailRows, messages: readonly StoredMessage[]): Promise<Copies> {
  const targets = await rows.messages.targets(messages.map(({ id }) => id));
  const copies = await rows.messages.byKeys(targets.map(({ key }) => key));
  return new Map(copies.map((message) => [message.id, message]));
}

/** Brings messages into the copy: those that it lacks, and labels that are others there. */
export async function copyMessages(
  from: MailStore,
  to: MailStore,
  messages: readonly StoredMessage[],
  options: Copying,
): Promise<{ readonly copied: number; readonly changed: number }> {
  const known = new Map(await copiesOf(to, messages));
  const isMoved = ({ id, threadKey, summary }: StoredMessage) => {
    const other = known.get(id);
    return (
      other !== undefined && (other.threadKey !== threadKey || other.summary.sizeEstimate !== summary.sizeEstimate)
    );
  };
  const stale = messages.filter(isMoved);
  if (stale.length > 0) {
    await to.write((rows) => rows.messages.delete(stale.flatMap(({ id }) => known.get(id)?.key ?? [])));
    for (const { id } of stale) known.delete(id);
  }
  const fresh = messages.filter(({ id }) => !known.has(id));
  const prepared = await prepareBatch(from, to, fresh, options);
  return to.write(async (rows) => {
    const keyOf = await labelKeys(rows);
    const copies = await copiesIn(rows, messages);
    await insertAll(rows, prepared, keyOf);
    let changed = 0;
    for (const { id, summary } of messages) {
      const other = copies.get(id);
      if (other === undefined) continue;
      const has = new Set(other.summary.labelIds);
      const addKeys = keyOf(summary.labelIds.filter((label) => !has.has(label)));
      const removeKeys = keyOf(other.summary.labelIds.filter((label) => !summary.labelIds.includes(label)));
      if (addKeys.length + removeKeys.length === 0 && other.summary.historyId === summary.historyId) continue;
      const historyId = Number(summary.historyId);
      await rows.messages.relabel({ messageKeys: [other.key], addKeys, removeKeys, historyId });
      changed += 1;
    }
    return { copied: fresh.length, changed };
  });
}

interface Copying {
  /** The address of the mailbox. */
  readonly owner: string;
  readonly signal: AbortSignal;
}

/** A message, and what is stored of it beside its bytes. */
interface Copied {
  readonly message: StoredMessage;
  readonly prepared: PreparedMessage;
}

/** Stores the bytes of messages, and makes of them what is stored beside. */
async function prepareBatch(
  from: MailStore,
  to: MailStore,
  messages: readonly StoredMessage[],
  { owner, signal }: Copying,
): Promise<readonly Copied[]> {
  const raws: Uint8Array[] = [];
  for (const { bytesKey } of messages) raws.push(await from.bytes.get(bytesKey));
  const bytesKeys = await putBytes(to, messages, raws);
  const copied: Copied[] = [];
  for (const [index, message] of messages.entries()) {
    const raw = raws[index] ?? new Uint8Array();
    const { parsed } = await parseOrHeaders(raw, { ...storedMailLimits.parsing, signal });
    const incoming = { raw, parsed, labels: [], internalDateMs: Number(message.summary.internalDate) };
    const place = { sha256: new Uint8Array(), bytesKey: bytesKeys[index] ?? 0, owner };
    copied.push({ message, prepared: await prepareMessage(incoming, place) });
  }
  return copied;
}

/** Equal bytes are stored once, under their hash, by which an import knows them; of a second message with its id in it. */
async function putBytes(
  to: MailStore,
  messages: readonly StoredMessage[],
  raws: readonly Uint8Array[],
): Promise<readonly number[]> {
  const plain = raws.map(hashOf);
  const found = await to.bytes.find(plain);
  const owners = await to.once((rows) => rows.messages.idsOfBytes(found.filter((key) => key !== undefined)));
  const taken = new Set<string>();
  const hashes = plain.map((sha256, index) => {
    const key = found[index];
    const name = nameOfHash(sha256);
    const isOthers = taken.has(name) || (key !== undefined && owners.has(key));
    taken.add(name);
    return isOthers
      ? createHash('sha256')
          .update(raws[index] ?? '')
          .update(messages[index]?.id ?? '')
          .digest()
      : sha256;
  });
  return to.bytes.put(raws.map((raw, index) => ({ raw, sha256: hashes[index] ?? raw })));
}

async function insertAll(
  rows: MailWriter,
  copied: readonly Copied[],
  keyOf: (labelIds: readonly string[]) => readonly number[],
): Promise<void> {
  if (copied.length === 0) return;
  await rows.messages.insert(
    copied.map(({ message: { id, threadKey, summary }, prepared }) => ({
      ...prepared.content,
      id,
      threadKey,
      historyId: Number(summary.historyId),
      internalDateMs: prepared.internalDateMs,
      labelKeys: keyOf(summary.labelIds),
      bytesKey: prepared.bytesKey,
    })),
  );
  const links = copied.flatMap(({ message: { threadKey }, prepared }) =>
    linksOf(prepared.threadFacts).map((hash) => ({ hash, threadKey })),
  );
  await rows.threads.apply({ threads: [], links, moves: [], threadsTotalChange: 0 });
}

async function labelKeys(rows: MailRows): Promise<(labelIds: readonly string[]) => readonly number[]> {
  const keys = new Map((await rows.labels.list()).map(({ id, key }) => [id, key]));
  return (labelIds) => labelIds.flatMap((id) => keys.get(id) ?? []);
}
