import { createHash } from 'node:crypto';
import type { Database } from '../../store/sqlite/database.ts';
import { textOf } from '../../store/sqlite/database.ts';
import type { AddOutcome, IncomingMessage } from './incoming.ts';
import type { Inserted } from './insert-messages.ts';
import { insertMessages } from './insert-messages.ts';
import type { LabelRow } from '../labels/labels.ts';
import { ensureLabels } from '../labels/labels.ts';
import { setMark } from '../marks.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { prepareMessage } from './prepare-message.ts';
import type { MailboxFiles } from '../reading/raw-store.ts';
import { hasRaw, storeRaw } from '../reading/raw-store.ts';

/** Messages of one transaction: other writers wait for about a tenth of a second. */
const messagesPerTransaction = 500;

/** Something an import wants to find again, such as how far it has read a file. */
export interface Mark {
  readonly name: string;
  readonly value: string;
}

interface Arrival {
  readonly message: IncomingMessage;
  readonly sha256: Uint8Array;
  /** Where it stood in the batch. */
  readonly position: number;
}

/**
 * Adds messages that are not there yet; outcomes are in the order of the batch. `mark` is stored once all of them
 * are. When it throws, a part may be stored: adding the same batch again completes it without duplicates. Throws
 * `UNAVAILABLE` when a file cannot be written.
 */
export function addMessages(
  files: MailboxFiles,
  owner: string,
  batch: readonly IncomingMessage[],
  mark?: Mark,
): readonly AddOutcome[] {
  // In order of date, for the full-text index takes rows in that order several times as fast.
  const arrivals = batch.map(arrivalOf).toSorted((a, b) => a.message.internalDateMs - b.message.internalDateMs);
  const outcomes = new Map<number, AddOutcome>();
  const searchedKeys = new Map<number, number>();
  for (let start = 0; start < arrivals.length; start += messagesPerTransaction) {
    const part = arrivals.slice(start, start + messagesPerTransaction);
    for (const [position, outcome] of addPart(files, owner, part, searchedKeys)) outcomes.set(position, outcome);
  }
  if (mark !== undefined) files.mailbox.write(() => setMark(files.mailbox, mark.name, mark.value));
  return batch.flatMap((_, position) => outcomes.get(position) ?? []);
}

function arrivalOf(message: IncomingMessage, position: number): Arrival {
  const { raw, internalDateMs } = message;
  if (!Number.isSafeInteger(internalDateMs) || internalDateMs < 0) {
    throw new RangeError(`internalDateMs: expected milliseconds since 1970, got ${internalDateMs}`);
  }
  return { message, position, sha256: createHash('sha256').update(raw).digest() };
}

/** One transaction's share: raw bytes first, then what refers to them. Answers outcomes by position in the batch. */
function addPart(
  files: MailboxFiles,
  owner: string,
  part: readonly Arrival[],
  searchedKeys: Map<number, number>,
): ReadonlyMap<number, AddOutcome> {
  const { mailbox, raw } = files;
  const rawKeys = storeRaw(
    raw,
    part.map(({ message, sha256 }) => ({ raw: message.raw, sha256 })),
  );
  const ids = new Map<number, string>();
  const prepared = new Map<number, PreparedMessage>();
  // Worked out before other writers have to wait, and not at all for what is there from an earlier import.
  part.forEach(({ message, sha256 }, index) => {
    const rawKey = rawKeys[index] ?? 0;
    const id = findByRawKey(mailbox, rawKey);
    if (id !== undefined) ids.set(rawKey, id);
    else if (!prepared.has(rawKey)) prepared.set(rawKey, prepareMessage(message, { sha256, rawKey, owner }));
  });
  const insert = (): readonly Inserted[] | 'bytes are gone' => {
    // Another process may have added some meanwhile, or deleted bytes that were left over from a deleted message.
    const missing = [...prepared.values()].filter(({ rawKey }) => findByRawKey(mailbox, rawKey) === undefined);
    if (!missing.every(({ rawKey }) => hasRaw(raw, rawKey))) return 'bytes are gone';
    const known = new Map<string, LabelRow>();
    const insertions = missing.map((message) => ({
      message,
      labels: ensureLabels(mailbox, message.labelNames, known),
    }));
    return insertMessages(mailbox, insertions, searchedKeys);
  };
  const inserted = prepared.size === 0 ? [] : mailbox.write(insert);
  if (inserted === 'bytes are gone') return addPart(files, owner, part, searchedKeys);

  const added = new Map(inserted.map(({ rawKey, gmailId }) => [rawKey, gmailId]));
  return new Map(
    part.map(({ position }, index) => {
      const rawKey = rawKeys[index] ?? 0;
      const addedId = added.get(rawKey);
      // The first of several with the same bytes is the one that was added.
      added.delete(rawKey);
      if (addedId !== undefined) ids.set(rawKey, addedId);
      const id = ids.get(rawKey) ?? findByRawKey(mailbox, rawKey) ?? '';
      return [position, { kind: addedId === undefined ? 'duplicate' : 'added', id }];
    }),
  );
}

/** The id of the message with these bytes. */
function findByRawKey(mailbox: Database, rawKey: number): string | undefined {
  const row = mailbox.get('SELECT gmail_id FROM message WHERE raw_key = ?', rawKey);
  return row === undefined ? undefined : textOf(row, 'gmail_id');
}
