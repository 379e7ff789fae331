import { createHash, randomUUID } from 'node:crypto';
import { currentContext } from '../../core/context.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { hashOf } from './hash-of.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { prepareMessage } from './prepare-message.ts';

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

/** After a power cut no message is back among the drafts that was sent. */
const onDisk = { onDisk: true } as const;

/**
 * Files a message whatever else has the same bytes: two equal drafts are two drafts. `insert` runs inside the write
 * transaction; when it throws, nothing of the message stays.
 */
export async function insertNew<Filed>(
  store: MailStore,
  owner: string,
  filing: Filing,
  insert: (rows: MailWriter, prepared: PreparedFiling) => Promise<Filed>,
): Promise<Filed> {
  const sha256 = createHash('sha256').update(filing.raw).update(randomUUID()).digest();
  const prepared = await prepare(store, owner, filing, sha256);
  try {
    return await store.write((rows) => insert(rows, prepared), onDisk);
  } catch (error) {
    await store.bytes.discard(prepared.message.bytesKey);
    throw error;
  }
}

/**
 * Files a message unless one with the same bytes is there; `insert` runs inside the write transaction and answers the
 * key of the row it made.
 */
export async function insertIfAbsent(
  store: MailStore,
  owner: string,
  filing: Filing,
  insert: (rows: MailWriter, prepared: PreparedFiling) => Promise<number>,
): Promise<{ readonly filed: FiledMessage; readonly isNew: boolean }> {
  const sha256 = hashOf(filing.raw);
  for (;;) {
    const prepared = await prepare(store, owner, filing, sha256);
    const { bytesKey } = prepared.message;
    const outcome = await store.write(async (rows) => {
      const id = (await rows.messages.idsOfBytes([bytesKey])).get(bytesKey);
      if (id !== undefined) return { filed: filedMessageOf((await rows.messages.byId(id))?.summary), isNew: false };
      // Bytes that a deleted message left may have gone meanwhile: then once more from the start.
      if ((await rows.messages.missingBytes([bytesKey])).length > 0) return undefined;
      return { filed: await readFiled(rows, await insert(rows, prepared)), isNew: true };
    }, onDisk);
    if (outcome !== undefined) return outcome;
  }
}

async function prepare(
  store: MailStore,
  owner: string,
  { raw, internalDateMs }: Filing,
  sha256: Uint8Array,
): Promise<PreparedFiling> {
  const signal = currentContext()?.signal;
  const { parsed } = await parseOrHeaders(raw, {
    deadlineMs: parseDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const [bytesKey = 0] = await store.bytes.put([{ raw, sha256 }]);
  const incoming = { raw, parsed, labels: [], internalDateMs: Math.max(0, Math.floor(internalDateMs(parsed))) };
  return { message: await prepareMessage(incoming, { sha256, bytesKey, owner }), parsed };
}

/** Where the message with this key is now. */
export async function readFiled(rows: MailRows, key: number): Promise<FiledMessage> {
  const [message] = await rows.messages.byKeys([key]);
  return filedMessageOf(message?.summary);
}

function filedMessageOf(summary: FiledMessage | undefined): FiledMessage {
  if (summary === undefined) throw new Error('a message that was just found is missing');
  return { id: summary.id, threadId: summary.threadId, labelIds: summary.labelIds };
}
