import type { FiledMessage } from '../../mail/mailbox.ts';
import { maxImportBytes } from '../../mail/mailbox.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { applyFilters } from './apply-filters.ts';
import type { PreparedFiling } from './file-message.ts';
import { insertNew, insertIfAbsent, readFiled } from './file-message.ts';
import type { Inserted } from './put-messages.ts';
import { putMessages } from './put-messages.ts';
import { joinableThread } from '../threads/join-thread.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { resolveLabelIds } from '../labels/labels.ts';
import { tooLarge } from '../outgoing/outgoing.ts';
import type { Owner } from '../settings/owner.ts';
import { filterClock } from '../settings/owner.ts';

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
export async function importMessage(store: MailStore, owner: Owner, message: ImportedMessage): Promise<FiledMessage> {
  await checkImport(store, message);
  const filing = { raw: message.raw, internalDateMs: importDate(message, owner) };
  const { filed } = await insertIfAbsent(
    store,
    owner.address,
    filing,
    async (rows, prepared) => (await insert(rows, prepared, message)).key,
  );
  return filed;
}

/** Files a message whatever is there already, as IMAP's APPEND does. Throws as `importMessage` does. */
export async function insertMessage(store: MailStore, owner: Owner, message: ImportedMessage): Promise<FiledMessage> {
  await checkImport(store, message);
  const filing = { raw: message.raw, internalDateMs: importDate(message, owner) };
  return insertNew(store, owner.address, filing, async (rows, prepared) =>
    readFiled(rows, (await insert(rows, prepared, message)).key),
  );
}

/** Takes a message that arrives now, unless one with the same bytes has: filters act on it. */
export async function receiveMessage(
  store: MailStore,
  owner: Owner,
  message: { readonly raw: Uint8Array; readonly labelIds?: readonly string[] },
): Promise<{ readonly filed: FiledMessage; readonly isNew: boolean }> {
  const arriving = { raw: message.raw, labelIds: message.labelIds ?? ['INBOX', 'UNREAD'] };
  await checkImport(store, arriving);
  const nowMs = owner.now();
  const filing = { raw: message.raw, internalDateMs: () => nowMs };
  return insertIfAbsent(store, owner.address, filing, async (rows, prepared) => {
    const inserted = await insert(rows, prepared, arriving);
    await applyFilters(rows, inserted, filterClock(owner));
    return inserted.key;
  });
}

/** Before anything is stored of it. */
async function checkImport(store: MailStore, { raw, labelIds }: ImportedMessage): Promise<void> {
  if (raw.length > maxImportBytes) throw tooLarge(raw, maxImportBytes);
  await store.once((rows) => resolveImportLabels(rows, labelIds));
}

async function resolveImportLabels(rows: MailRows, labelIds: readonly string[]): Promise<readonly LabelRow[]> {
  return resolveLabelIds(await rows.labels.list(), labelIds, 'labelIds', importableLabelIds);
}

function importDate({ internalDateSource }: ImportedMessage, { now }: Owner): (parsed: ParsedMail) => number {
  return ({ dateMs }) => {
    const nowMs = now();
    const isUsable = dateMs !== undefined && dateMs >= 0 && dateMs <= nowMs + dayMs;
    return isUsable && internalDateSource !== 'receivedTime' ? dateMs : nowMs;
  };
}

async function insert(
  rows: MailWriter,
  { message, parsed }: PreparedFiling,
  { labelIds, threadId }: ImportedMessage,
): Promise<Inserted> {
  const labels = await resolveImportLabels(rows, labelIds);
  const thread = threadId === undefined ? 'own' : await joinableThread(rows, threadId, parsed);
  // A message that joins no thread by name goes by the rules for mail that arrives.
  const [inserted] = await putMessages(rows, [{ message, labels, ...(thread === 'own' ? {} : { thread }) }]);
  if (inserted === undefined) throw new Error('a message was stored without a key');
  return inserted;
}
