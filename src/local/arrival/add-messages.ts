import type { MailStore } from '../../store/mail/mail-store.ts';
import { ensureLabels } from '../labels/labels.ts';
import { hashOf } from './hash-of.ts';
import type { AddOutcome, IncomingMessage, ReadyMessage } from './incoming.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { prepareMessage } from './prepare-message.ts';
import type { Inserted } from './put-messages.ts';
import { putMessages } from './put-messages.ts';

/** Messages of one transaction: other writers wait for about a tenth of a second. */
const messagesPerTransaction = 500;

/** Something an import wants to find again, such as how far it has read a file. */
export interface Mark {
  readonly name: string;
  readonly value: string;
}

interface Arrival {
  readonly message: IncomingMessage | ReadyMessage;
  readonly sha256: Uint8Array;
  /** Where it stood in the batch. */
  readonly position: number;
}

/**
 * Adds messages that are not there yet; outcomes are in the order of the batch. `mark` is stored once all of them
 * are. When it throws, a part may be stored: adding the same batch again completes it without duplicates. Throws
 * `UNAVAILABLE` when the store cannot be written.
 */
export async function addMessages(
  store: MailStore,
  owner: string,
  batch: readonly (IncomingMessage | ReadyMessage)[],
  mark?: Mark,
): Promise<readonly AddOutcome[]> {
  // In order of date, for full-text indexes take rows in that order several times as fast.
  const arrivals = batch.map(arrivalOf).toSorted((a, b) => a.message.internalDateMs - b.message.internalDateMs);
  const outcomes = new Map<number, AddOutcome>();
  for (let start = 0; start < arrivals.length; start += messagesPerTransaction) {
    const part = arrivals.slice(start, start + messagesPerTransaction);
    for (const [position, outcome] of await addPart(store, owner, part)) outcomes.set(position, outcome);
  }
  if (mark !== undefined) await store.write((rows) => rows.values.put('mark', mark.name, mark.value));
  return batch.flatMap((_, position) => outcomes.get(position) ?? []);
}

/** Whether the messages of these hashes (`hashOf`) are there already; nothing is written. */
export async function findStored(store: MailStore, hashes: readonly Uint8Array[]): Promise<readonly boolean[]> {
  const keys = await store.bytes.find(hashes);
  // Bytes alone may be left of a message that was deleted, or whose import was stopped.
  const known = await store.once((rows) => rows.messages.idsOfBytes(keys.flatMap((key) => key ?? [])));
  return keys.map((key) => key !== undefined && known.has(key));
}

function arrivalOf(message: IncomingMessage | ReadyMessage, position: number): Arrival {
  const { internalDateMs } = message;
  if (!Number.isSafeInteger(internalDateMs) || internalDateMs < 0) {
    throw new RangeError(`internalDateMs: expected milliseconds since 1970, got ${internalDateMs}`);
  }
  const sha256 = 'raw' in message ? (message.sha256 ?? hashOf(message.raw)) : message.sha256;
  return { message, position, sha256 };
}

/** One transaction's share: bytes first, then what refers to them. Answers outcomes by position in the batch. */
async function addPart(
  store: MailStore,
  owner: string,
  part: readonly Arrival[],
): Promise<ReadonlyMap<number, AddOutcome>> {
  const keys = await store.bytes.put(
    part.map(({ message, sha256 }) => ({ sha256, ...('raw' in message ? { raw: message.raw } : message.packed) })),
  );
  const known = await store.once((rows) => rows.messages.idsOfBytes(keys));
  // Worked out before other writers have to wait, and not at all for what is there from an earlier import.
  const prepared = new Map<number, PreparedMessage>();
  for (const [index, { message, sha256 }] of part.entries()) {
    const bytesKey = keys[index] ?? 0;
    if (known.has(bytesKey) || prepared.has(bytesKey)) continue;
    prepared.set(bytesKey, await preparedOf(message, { sha256, bytesKey, owner }));
  }
  const added = prepared.size === 0 ? new Map<number, string>() : await insertMissing(store, prepared);
  if (added === 'bytes are gone') return addPart(store, owner, part);

  const others = await store.once((rows) => rows.messages.idsOfBytes(keys.filter((key) => !added.has(key))));
  const reported = new Set<number>();
  return new Map(
    part.map(({ position }, index) => {
      const bytesKey = keys[index] ?? 0;
      // The first of several with the same bytes is the one that was added.
      const isAdded = added.has(bytesKey) && !reported.has(bytesKey);
      reported.add(bytesKey);
      const id = added.get(bytesKey) ?? others.get(bytesKey) ?? known.get(bytesKey) ?? '';
      return [position, { kind: isAdded ? 'added' : 'duplicate', id }];
    }),
  );
}

async function preparedOf(
  message: IncomingMessage | ReadyMessage,
  place: { readonly sha256: Uint8Array; readonly bytesKey: number; readonly owner: string },
): Promise<PreparedMessage> {
  if ('raw' in message) return prepareMessage(message, place);
  const { sha256, labels, internalDateMs, content, threadFacts } = message;
  return { sha256, bytesKey: place.bytesKey, labelNames: labels, internalDateMs, content, threadFacts };
}

/** Ids of those that were inserted, by the keys of their bytes. */
function insertMissing(
  store: MailStore,
  prepared: ReadonlyMap<number, PreparedMessage>,
): Promise<ReadonlyMap<number, string> | 'bytes are gone'> {
  return store.write(async (rows) => {
    // Another process may have added some meanwhile, or deleted bytes that were left over from a deleted message.
    const known = await rows.messages.idsOfBytes([...prepared.keys()]);
    const missing = [...prepared.values()].filter(({ bytesKey }) => !known.has(bytesKey));
    const gone = await rows.messages.missingBytes(missing.map(({ bytesKey }) => bytesKey));
    if (gone.length > 0) return 'bytes are gone';
    const labels = await ensureLabels(
      rows,
      missing.map(({ labelNames }) => labelNames),
    );
    const insertions = missing.map((message, index) => ({ message, labels: labels[index] ?? [] }));
    const inserted: readonly Inserted[] = await putMessages(rows, insertions);
    return new Map(inserted.map(({ bytesKey, id }) => [bytesKey, id]));
  });
}
