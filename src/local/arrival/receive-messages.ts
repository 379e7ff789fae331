import type { Database } from '../../store/sqlite/database.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import { maxImportBytes } from '../../mail/mailbox.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { applyFilters } from './apply-filters.ts';
import type { PreparedFiling } from './file-message.ts';
import { fileAnew, filedMessageOf, fileOnce } from './file-message.ts';
import type { Inserted } from './insert-messages.ts';
import { insertMessages } from './insert-messages.ts';
import { joinableThread } from '../threads/join-thread.ts';
import { readLabels, resolveLabelIds } from '../labels/labels.ts';
import { tooLarge } from '../outgoing/outgoing.ts';
import type { Owner } from '../settings/owner.ts';
import { filterClock } from '../settings/owner.ts';
import type { MailboxFiles } from '../reading/raw-store.ts';

/** A message that is put into the mailbox and not sent. */
export interface ImportedMessage {
  readonly raw: Uint8Array;
  readonly labelIds: readonly string[];
  /** What its date is: that of its Date header (default), or now. A header without a usable date leaves now. */
  readonly internalDateSource?: 'dateHeader' | 'receivedTime';
  /** The thread to join, on the same terms as a sent message. */
  readonly threadId?: string;
}

/** A sender's clock may be ahead; a date further off is wrong, and would keep the message on top of every list. */
const dayMs = 24 * 60 * 60 * 1000;

/** A message that says of itself that it was sent may be filed so; drafts and chats come another way. */
const importableLabelIds = ['SENT'];

/** Files a message unless one with the same bytes is there; see `MailboxWriter.importMessage`. */
export async function importMessage(
  files: MailboxFiles,
  owner: Owner,
  message: ImportedMessage,
): Promise<FiledMessage> {
  checkImport(files.mailbox, message);
  const filing = { raw: message.raw, internalDateMs: importDate(message, owner) };
  const { filed } = await fileOnce(
    files,
    owner.address,
    filing,
    (prepared) => insert(files.mailbox, prepared, message).key,
  );
  return filed;
}

/** Files a message whatever is there already, as IMAP's APPEND does. Throws as `importMessage` does. */
export async function insertMessage(
  files: MailboxFiles,
  owner: Owner,
  message: ImportedMessage,
): Promise<FiledMessage> {
  checkImport(files.mailbox, message);
  const filing = { raw: message.raw, internalDateMs: importDate(message, owner) };
  return fileAnew(files, owner.address, filing, (prepared) =>
    filedMessageOf(files.mailbox, insert(files.mailbox, prepared, message).key),
  );
}

/** Takes a message that arrives now, unless one with the same bytes has: filters act on it. */
export async function receiveMessage(
  files: MailboxFiles,
  owner: Owner,
  message: { readonly raw: Uint8Array; readonly labelIds?: readonly string[] },
): Promise<{ readonly filed: FiledMessage; readonly isNew: boolean }> {
  const arriving = { raw: message.raw, labelIds: message.labelIds ?? ['INBOX', 'UNREAD'] };
  checkImport(files.mailbox, arriving);
  const nowMs = owner.now();
  const filing = { raw: message.raw, internalDateMs: () => nowMs };
  return fileOnce(files, owner.address, filing, (prepared) => {
    const inserted = insert(files.mailbox, prepared, arriving);
    applyFilters(files.mailbox, inserted, filterClock(owner));
    return inserted.key;
  });
}

/** Before anything is stored of it. */
function checkImport(mailbox: Database, { raw, labelIds }: ImportedMessage): void {
  if (raw.length > maxImportBytes) throw tooLarge(raw, maxImportBytes);
  resolveLabelIds(readLabels(mailbox), labelIds, 'labelIds', importableLabelIds);
}

function importDate({ internalDateSource }: ImportedMessage, { now }: Owner): (parsed: ParsedMail) => number {
  return ({ dateMs }) => {
    const nowMs = now();
    const isUsable = dateMs !== undefined && dateMs >= 0 && dateMs <= nowMs + dayMs;
    return isUsable && internalDateSource !== 'receivedTime' ? dateMs : nowMs;
  };
}

/** Runs inside a write transaction. */
function insert(
  mailbox: Database,
  { message, parsed }: PreparedFiling,
  { labelIds, threadId }: ImportedMessage,
): Inserted {
  const labels = resolveLabelIds(readLabels(mailbox), labelIds, 'labelIds', importableLabelIds);
  const thread = threadId === undefined ? undefined : joinableThread(mailbox, threadId, parsed);
  const insertion = { message, labels, ...(thread === undefined || thread === 'own' ? {} : { thread }) };
  const [inserted] = insertMessages(mailbox, [insertion], new Map());
  if (inserted === undefined) throw new Error('a message was stored without a key');
  return inserted;
}
