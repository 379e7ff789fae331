import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import type { FiledMessage, OutgoingMessage } from '../../mail/mailbox.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import { applyFilters } from '../arrival/apply-filters.ts';
import { deleteMessage } from '../reading/delete-messages.ts';
import { awaitDelivery } from '../arrival/deliveries.ts';
import { findDraft, getDraft } from './drafts.ts';
import type { PreparedFiling } from '../arrival/file-message.ts';
import { fileAnew, filedMessageOf } from '../arrival/file-message.ts';
import { forgetOldHistory } from '../reading/history.ts';
import { insertMessages } from '../arrival/insert-messages.ts';
import { joinableThread } from '../threads/join-thread.ts';
import { findLabel } from '../labels/labels.ts';
import { checkSendSize, isOwnAddress, recipientsOf, withOwnSender, withServerHeaders } from './outgoing.ts';
import type { Owner } from '../settings/owner.ts';
import { filterClock } from '../settings/owner.ts';
import type { MailboxFiles } from '../reading/raw-store.ts';
import { deleteReleasedRaw } from '../reading/raw-store.ts';
import { ownAddresses } from '../settings/send-as.ts';

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
  files: MailboxFiles,
  sender: Sender,
  { raw, threadId }: OutgoingMessage,
): Promise<FiledMessage> {
  checkSendSize(raw);
  return fileOutgoing(files, sender, raw, (outgoing) => {
    const thread = joinableThread(files.mailbox, threadId, outgoing.parsed);
    return putSent(files.mailbox, sender, outgoing, thread);
  });
}

/** Sends a draft, which is gone then; see `MailboxWriter.sendDraft`. Throws `CONFLICT` when it changes meanwhile. */
export async function sendDraft(files: MailboxFiles, sender: Sender, id: string): Promise<FiledMessage> {
  const { summary, raw } = getDraft(files, id).message;
  const filed = await fileOutgoing(files, sender, raw, (outgoing) => {
    // Another process may have sent it: then it is not there.
    const now = findDraft(files.mailbox, id);
    if (now.id !== summary.id) {
      throw new AppError('CONFLICT', `The draft ${id} was changed while it was to be sent; nothing was sent.`, {
        field: 'id',
        got: id,
        hint: 'Read it again, then send it.',
      });
    }
    const sent = putSent(files.mailbox, sender, outgoing, now.threadKey);
    deleteMessage(files.mailbox, now);
    forgetOldHistory(files.mailbox);
    return sent;
  });
  deleteReleasedRaw(files);
  return filed;
}

async function fileOutgoing(
  files: MailboxFiles,
  sender: Sender,
  raw: Uint8Array,
  insert: (outgoing: Outgoing) => FiledMessage,
): Promise<FiledMessage> {
  const nowMs = sender.now();
  const header = parseHeadersOnly(raw);
  const recipients = recipientsOf(header);
  const own = withOwnSender(raw, header, sender.address, ownAddresses(files.mailbox, sender.address));
  const outgoing = sender.onSend(withServerHeaders(own, sender.address, nowMs));
  const filing = { raw: outgoing, internalDateMs: () => nowMs };
  return fileAnew(files, sender.address, filing, (prepared) => insert({ ...prepared, recipients }));
}

/** Runs inside a write transaction. */
function putSent(
  mailbox: Database,
  sender: Sender,
  { message, recipients }: Outgoing,
  thread: number | 'own',
): FiledMessage {
  const others = recipients.filter((recipient) => !isOwnAddress(recipient, sender.address));
  const isToOwner = others.length < recipients.length;
  const labels = (isToOwner ? ['SENT', 'INBOX', 'UNREAD'] : ['SENT']).map((id) => findLabel(mailbox, id));
  const [inserted] = insertMessages(mailbox, [{ message, labels, thread }], new Map());
  if (inserted === undefined) throw new Error('a sent message was stored without a key');
  if (isToOwner) applyFilters(mailbox, inserted, filterClock(sender));
  if (sender.delivers) awaitDelivery(mailbox, message.rawKey, others);
  return filedMessageOf(mailbox, inserted.key);
}
