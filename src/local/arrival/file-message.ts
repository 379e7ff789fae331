import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';
import { currentContext } from '../../core/context.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { parseOrHeaders } from '../../mail/mime/parse-or-headers.ts';
import { mailboxFormat } from '../mailbox-format.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { prepareMessage } from './prepare-message.ts';
import type { MailboxFiles } from '../reading/raw-store.ts';
import { deleteRaw, hasRaw, storeRaw } from '../reading/raw-store.ts';
import { readSummaries } from '../reading/read-messages.ts';

/** How long one message may take to be parsed before it is filed by its header alone. */
const parseDeadlineMs = 30_000;

/** A message on its way into the mailbox, outside of an import. */
export interface Filing {
  readonly raw: Uint8Array;
  /** When it is received, worked out of the message where that tells. */
  readonly internalDateMs: (parsed: ParsedMail) => number;
}

/** A message ready to be inserted, with what it says. */
export interface PreparedFiling {
  readonly message: PreparedMessage;
  readonly parsed: ParsedMail;
}

/**
 * Files a message whatever else has the same bytes: two equal drafts are two drafts. `insert` runs inside the write
 * transaction; when it throws, nothing of the message stays.
 */
export async function fileAnew<Filed>(
  files: MailboxFiles,
  owner: string,
  filing: Filing,
  insert: (prepared: PreparedFiling) => Filed,
): Promise<Filed> {
  const sha256 = createHash('sha256').update(filing.raw).update(randomUUID()).digest();
  const prepared = await prepare(files, owner, filing, sha256);
  try {
    return writeThrough(files.mailbox, () => insert(prepared));
  } catch (error) {
    const { rawKey } = prepared.message;
    const isFiled = files.mailbox.get('SELECT 1 FROM message WHERE raw_key = ?', rawKey) !== undefined;
    if (!isFiled) deleteRaw(files.raw, rawKey);
    throw error;
  }
}

/**
 * Files a message unless one with the same bytes is there; `insert` runs inside the write transaction and answers the
 * key of the row it made.
 */
export async function fileOnce(
  files: MailboxFiles,
  owner: string,
  filing: Filing,
  insert: (prepared: PreparedFiling) => number,
): Promise<{ readonly filed: FiledMessage; readonly isNew: boolean }> {
  const sha256 = createHash('sha256').update(filing.raw).digest();
  for (;;) {
    const prepared = await prepare(files, owner, filing, sha256);
    const outcome = writeThrough(files.mailbox, () => {
      const { rawKey } = prepared.message;
      const row = files.mailbox.get('SELECT id FROM message WHERE raw_key = ?', rawKey);
      if (row !== undefined) return { filed: filedMessageOf(files.mailbox, integerOf(row, 'id')), isNew: false };
      // Bytes that a deleted message left may have gone meanwhile: then once more from the start.
      if (!hasRaw(files.raw, rawKey)) return undefined;
      return { filed: filedMessageOf(files.mailbox, insert(prepared)), isNew: true };
    });
    if (outcome !== undefined) return outcome;
  }
}

/** A write transaction that waits for the disk: after a power cut no message is back among the drafts that was sent. */
function writeThrough<T>(mailbox: Database, work: () => T): T {
  mailbox.execute('PRAGMA synchronous = FULL');
  try {
    return mailbox.write(work);
  } finally {
    mailbox.execute(`PRAGMA synchronous = ${mailboxFormat.synchronous}`);
  }
}

async function prepare(
  files: MailboxFiles,
  owner: string,
  { raw, internalDateMs }: Filing,
  sha256: Uint8Array,
): Promise<PreparedFiling> {
  const signal = currentContext()?.signal;
  const { parsed } = await parseOrHeaders(raw, {
    deadlineMs: parseDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const [rawKey = 0] = storeRaw(files.raw, [{ raw, sha256 }]);
  const incoming = { raw, parsed, labels: [], internalDateMs: Math.max(0, Math.floor(internalDateMs(parsed))) };
  return { message: prepareMessage(incoming, { sha256, rawKey, owner }), parsed };
}

/** Where the message with this key is now. */
export function filedMessageOf(mailbox: Database, key: number): FiledMessage {
  const [summary] = readSummaries(mailbox, [key]);
  if (summary === undefined) throw new Error(`message ${key} is missing`);
  return { id: summary.id, threadId: summary.threadId, labelIds: summary.labelIds };
}
