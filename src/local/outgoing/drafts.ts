import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { baseSubject } from '../../mail/text/base-subject.ts';
import type { Draft, DraftPage, DraftSummary, OutgoingMessage, PageRequest } from '../../mail/mailbox.ts';
import { deleteMessage } from '../reading/delete-messages.ts';
import { newDraftId } from './draft-id.ts';
import { fileAnew } from '../arrival/file-message.ts';
import type { PreparedFiling } from '../arrival/file-message.ts';
import { forgetOldHistory } from '../reading/history.ts';
import { insertMessages } from '../arrival/insert-messages.ts';
import { joinableThread } from '../threads/join-thread.ts';
import { findLabel } from '../labels/labels.ts';
import type { MessageTarget } from '../reading/message-targets.ts';
import { checkSendSize, withServerHeaders } from './outgoing.ts';
import { decodePageToken, encodePageToken } from '../search/page-token.ts';
import type { MailboxFiles } from '../reading/raw-store.ts';
import { deleteReleasedRaw } from '../reading/raw-store.ts';
import { getRawMessage, readSummaries } from '../reading/read-messages.ts';
import type { Owner } from '../settings/owner.ts';

/** A page of the drafts, the one that was changed last first. */
export function listDrafts(mailbox: Database, { maxResults, pageToken }: PageRequest): DraftPage {
  const [beforeKey = Number.MAX_SAFE_INTEGER] = pageToken === undefined ? [] : decodePageToken(pageToken, 'drafts', 1);
  return mailbox.read(() => {
    const rows = mailbox.all(
      'SELECT gmail_id, message_key FROM draft WHERE message_key < ? ORDER BY message_key DESC LIMIT ?',
      beforeKey,
      maxResults + 1,
    );
    const page = rows.slice(0, maxResults);
    const last = page.at(-1);
    return {
      drafts: page.map((row) => draftSummary(mailbox, textOf(row, 'gmail_id'), integerOf(row, 'message_key'))),
      ...(rows.length > maxResults && last !== undefined
        ? { nextPageToken: encodePageToken([integerOf(last, 'message_key')], 'drafts') }
        : {}),
    };
  });
}

/** A draft with its bytes. Throws `NOT_FOUND`. */
export function getDraft(files: MailboxFiles, id: string): Draft {
  const { id: messageId } = findDraft(files.mailbox, id);
  try {
    return { id, message: getRawMessage(files, messageId) };
  } catch (error) {
    // Changed by another process between the two reads: then it has another message by now.
    if (findDraft(files.mailbox, id).id !== messageId) return getDraft(files, id);
    throw error;
  }
}

/** See `MailboxWriter.createDraft`. */
export async function createDraft(files: MailboxFiles, owner: Owner, draft: OutgoingMessage): Promise<DraftSummary> {
  return fileDraft(files, owner, draft.raw, (prepared) => {
    const thread = joinableThread(files.mailbox, draft.threadId, prepared.parsed);
    return putDraft(files.mailbox, newDraftId(), prepared, thread);
  });
}

/** See `MailboxWriter.updateDraft`. */
export async function updateDraft(
  files: MailboxFiles,
  owner: Owner,
  id: string,
  { raw, threadId }: OutgoingMessage,
): Promise<DraftSummary> {
  findDraft(files.mailbox, id);
  const summary = await fileDraft(files, owner, raw, (prepared) => {
    const { mailbox } = files;
    const old = findDraft(mailbox, id);
    const isSameThread = threadId === undefined || threadId === old.threadId;
    const keepsThread = isSameThread && baseSubject(old.subject) === baseSubject(prepared.parsed.subject);
    const thread = keepsThread ? old.threadKey : joinableThread(mailbox, threadId, prepared.parsed);
    // The new message first, so that the thread is never empty in between.
    const updated = putDraft(mailbox, id, prepared, thread);
    deleteMessage(mailbox, old);
    forgetOldHistory(mailbox);
    return updated;
  });
  deleteReleasedRaw(files);
  return summary;
}

/** Deletes the draft and its message for good. Throws `NOT_FOUND`. */
export function deleteDraft(files: MailboxFiles, id: string): void {
  files.mailbox.write(() => {
    deleteMessage(files.mailbox, findDraft(files.mailbox, id));
    forgetOldHistory(files.mailbox);
  });
  deleteReleasedRaw(files);
}

/** The message that a draft has now. */
interface DraftMessage extends MessageTarget {
  readonly threadId: string;
  readonly subject: string;
}

/** Throws `NOT_FOUND`. */
export function findDraft(mailbox: Database, id: string): DraftMessage {
  const row = mailbox.get(
    `SELECT m.id, m.gmail_id, m.thread_key, t.gmail_id AS thread_id, m.subject FROM draft d
     JOIN message m ON m.id = d.message_key JOIN thread t ON t.key = m.thread_key WHERE d.gmail_id = ?`,
    id,
  );
  if (row === undefined) {
    throw new AppError('NOT_FOUND', `There is no draft ${id}.`, {
      field: 'id',
      got: id,
      hint: 'list_drafts shows ids; a draft that was sent is gone.',
    });
  }
  return {
    id: textOf(row, 'gmail_id'),
    key: integerOf(row, 'id'),
    threadKey: integerOf(row, 'thread_key'),
    threadId: textOf(row, 'thread_id'),
    subject: textOf(row, 'subject'),
  };
}

async function fileDraft(
  files: MailboxFiles,
  owner: Owner,
  raw: Uint8Array,
  insert: (prepared: PreparedFiling) => DraftSummary,
): Promise<DraftSummary> {
  checkSendSize(raw);
  const nowMs = owner.now();
  const filing = { raw: withServerHeaders(raw, owner.address, nowMs), internalDateMs: () => nowMs };
  return fileAnew(files, owner.address, filing, insert);
}

function putDraft(mailbox: Database, id: string, { message }: PreparedFiling, thread: number | 'own'): DraftSummary {
  const insertion = { message, labels: [findLabel(mailbox, 'DRAFT')], thread, draftId: id };
  const [inserted] = insertMessages(mailbox, [insertion], new Map());
  if (inserted === undefined) throw new Error('a draft was stored without a key');
  return draftSummary(mailbox, id, inserted.key);
}

function draftSummary(mailbox: Database, id: string, messageKey: number): DraftSummary {
  const [message] = readSummaries(mailbox, [messageKey]);
  if (message === undefined) throw new Error(`the message of draft ${id} is missing`);
  return { id, message };
}
