import { AppError } from '../../core/errors.ts';
import type { FiledMessage, OutgoingMessage } from '../../mail/mailbox.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { applyFilters } from '../arrival/apply-filters.ts';
import type { PreparedFiling } from '../arrival/file-message.ts';
import { insertNew, readFiled } from '../arrival/file-message.ts';
import { putMessages } from '../arrival/put-messages.ts';
import { findLabel } from '../labels/labels.ts';
import { removeMessages } from '../reading/delete-messages.ts';
import type { Owner } from '../settings/owner.ts';
import { filterClock } from '../settings/owner.ts';
import { ownAddresses } from '../settings/send-as.ts';
import { joinableThread } from '../threads/join-thread.ts';
import { findDraft, getDraft } from './drafts.ts';
import { checkSendSize, isOwnAddress, recipientsOf, withOwnSender, withServerHeaders } from './outgoing.ts';

/** Whose mail is sent, and how. */
export interface Sender extends Owner {
  /** What a server does to a message on its way out. */
  readonly onSend: (raw: Uint8Array) => Uint8Array;
  /** Whether the mailboxes of recipients can be reached. */
  readonly delivers: boolean;
}

interface Outgoing extends PreparedFiling {
  readonly recipients: readonly string[];
}

/** Files a message as sent and notes its recipients, in one transaction; see `MailboxWriter.sendMessage`. */
export async function sendMessage(
  store: MailStore,
  sender: Sender,
  { raw, threadId }: OutgoingMessage,
): Promise<FiledMessage> {
  checkSendSize(raw);
  return fileOutgoing(store, sender, raw, async (rows, outgoing) => {
    const thread = await joinableThread(rows, threadId, outgoing.parsed);
    return putSent(rows, sender, outgoing, thread);
  });
}

/** Sends a draft, which is gone then; see `MailboxWriter.sendDraft`. Throws `CONFLICT` when it changes meanwhile. */
export async function sendDraft(store: MailStore, sender: Sender, id: string): Promise<FiledMessage> {
  const { summary, raw } = (await getDraft(store, id)).message;
  const filed = await fileOutgoing(store, sender, raw, async (rows, outgoing) => {
    // Another process may have sent it: then it is not there.
    const now = await findDraft(rows.drafts, id);
    if (now.id !== summary.id) {
      throw new AppError('CONFLICT', `The draft ${id} was changed while it was to be sent; nothing was sent.`, {
        field: 'id',
        got: id,
        hint: 'Read it again, then send it.',
      });
    }
    const sent = await putSent(rows, sender, outgoing, now.threadKey);
    await removeMessages(rows, [now.key]);
    return sent;
  });
  await store.bytes.sweep();
  return filed;
}

async function fileOutgoing(
  store: MailStore,
  sender: Sender,
  raw: Uint8Array,
  insert: (rows: MailWriter, outgoing: Outgoing) => Promise<FiledMessage>,
): Promise<FiledMessage> {
  const nowMs = sender.now();
  const header = parseHeadersOnly(raw);
  const recipients = recipientsOf(header);
  const addresses = await store.once((rows) => ownAddresses(rows, sender.address));
  const own = withOwnSender(raw, header, sender.address, addresses);
  const outgoing = sender.onSend(withServerHeaders(own, sender.address, nowMs));
  const filing = { raw: outgoing, internalDateMs: () => nowMs };
  return insertNew(store, sender.address, filing, (rows, prepared) => insert(rows, { ...prepared, recipients }));
}

async function putSent(
  rows: MailWriter,
  sender: Sender,
  { message, recipients }: Outgoing,
  thread: number | 'own',
): Promise<FiledMessage> {
  const others = recipients.filter((recipient) => !isOwnAddress(recipient, sender.address));
  const isToOwner = others.length < recipients.length;
  const known = await rows.labels.list();
  const labels = (isToOwner ? ['SENT', 'INBOX', 'UNREAD'] : ['SENT']).map((id) => findLabel(known, id));
  const [inserted] = await putMessages(rows, [{ message, labels, thread }]);
  if (inserted === undefined) throw new Error('a sent message was stored without a key');
  if (isToOwner) await applyFilters(rows, inserted, filterClock(sender));
  if (sender.delivers) await rows.deliveries.add(message.bytesKey, others);
  return readFiled(rows, inserted.key);
}
