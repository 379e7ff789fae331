import { AppError } from '../../core/errors.ts';
import { baseSubject } from '../../mail/text/base-subject.ts';
import type { Draft, DraftPage, DraftSummary, OutgoingMessage, PageRequest } from '../../mail/mailbox.ts';
import type { DraftRows, StoredDraft } from '../../store/mail/draft-rows.ts';
import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import type { StoredMessage } from '../../store/mail/message-rows.ts';
import type { PreparedFiling } from '../arrival/file-message.ts';
import { insertNew } from '../arrival/file-message.ts';
import { putMessages } from '../arrival/put-messages.ts';
import { findLabel } from '../labels/labels.ts';
import { removeMessages } from '../reading/delete-messages.ts';
import { getRawMessage } from '../reading/read-messages.ts';
import { decodePageToken, encodePageToken } from '../search/page-token.ts';
import type { Owner } from '../settings/owner.ts';
import { joinableThread } from '../threads/join-thread.ts';
import { newDraftId } from './draft-id.ts';
import { checkSendSize, withServerHeaders } from './outgoing.ts';

/** A page of the drafts, the one that was changed last first. */
export async function listDrafts(
  store: MailStore,
  owner: string,
  { maxResults, pageToken }: PageRequest,
): Promise<DraftPage> {
  const scope = { account: owner, list: 'drafts' };
  const [belowKey = Number.MAX_SAFE_INTEGER] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
  const drafts = await store.once((rows) => rows.drafts.list(belowKey, maxResults + 1));
  const page = drafts.slice(0, maxResults);
  const last = page.at(-1);
  return {
    drafts: page.map(draftSummary),
    ...(drafts.length > maxResults && last !== undefined
      ? { nextPageToken: encodePageToken([last.message.key], scope) }
      : {}),
  };
}

/** A draft with its bytes. Throws `NOT_FOUND`. */
export async function getDraft(store: MailStore, id: string): Promise<Draft> {
  const find = (): Promise<StoredMessage> => store.once((rows) => findDraft(rows.drafts, id));
  const { id: messageId } = await find();
  try {
    return { id, message: await getRawMessage(store, messageId) };
  } catch (error) {
    // Changed by another process between the two reads: then it has another message by now.
    if ((await find()).id !== messageId) return getDraft(store, id);
    throw error;
  }
}

/** See `MailboxWriter.createDraft`. */
export async function createDraft(store: MailStore, owner: Owner, draft: OutgoingMessage): Promise<DraftSummary> {
  return fileDraft(store, owner, draft.raw, async (rows, prepared) => {
    const thread = await joinableThread(rows, draft.threadId, prepared.parsed);
    return putDraft(rows, newDraftId(), prepared, thread);
  });
}

/** See `MailboxWriter.updateDraft`. */
export async function updateDraft(
  store: MailStore,
  owner: Owner,
  id: string,
  { raw, threadId }: OutgoingMessage,
): Promise<DraftSummary> {
  await store.once((rows) => findDraft(rows.drafts, id));
  const summary = await fileDraft(store, owner, raw, async (rows, prepared) => {
    const old = await findDraft(rows.drafts, id);
    const isSameThread = threadId === undefined || threadId === old.summary.threadId;
    const keepsThread = isSameThread && baseSubject(old.summary.subject) === baseSubject(prepared.parsed.subject);
    const thread = keepsThread ? old.threadKey : await joinableThread(rows, threadId, prepared.parsed);
    // The new message first, so that the thread is never empty in between.
    const updated = await putDraft(rows, id, prepared, thread);
    await removeMessages(rows, [old.key]);
    return updated;
  });
  await store.bytes.sweep();
  return summary;
}

/** Deletes the draft and its message for good. Throws `NOT_FOUND`. */
export async function deleteDraft(store: MailStore, id: string): Promise<void> {
  await store.write(async (rows) => removeMessages(rows, [(await findDraft(rows.drafts, id)).key]));
  await store.bytes.sweep();
}

/** The message that a draft has now. Throws `NOT_FOUND`. */
export async function findDraft(drafts: DraftRows, id: string): Promise<StoredMessage> {
  const draft = await drafts.find(id);
  if (draft !== undefined) return draft.message;
  throw new AppError('NOT_FOUND', `There is no draft ${id}.`, {
    field: 'id',
    got: id,
    hint: 'list_drafts shows ids; a draft that was sent is gone.',
  });
}

async function fileDraft(
  store: MailStore,
  owner: Owner,
  raw: Uint8Array,
  insert: (rows: MailWriter, prepared: PreparedFiling) => Promise<DraftSummary>,
): Promise<DraftSummary> {
  checkSendSize(raw);
  const nowMs = owner.now();
  const filing = { raw: withServerHeaders(raw, owner.address, nowMs), internalDateMs: () => nowMs };
  return insertNew(store, owner.address, filing, insert);
}

async function putDraft(
  rows: MailWriter,
  id: string,
  { message }: PreparedFiling,
  thread: number | 'own',
): Promise<DraftSummary> {
  const labels = [findLabel(await rows.labels.list(), 'DRAFT')];
  await putMessages(rows, [{ message, labels, thread, draftId: id }]);
  const draft = await rows.drafts.find(id);
  if (draft === undefined) throw new Error(`the draft ${id} was not stored`);
  return draftSummary(draft);
}

function draftSummary({ id, message }: StoredDraft): DraftSummary {
  return { id, message: message.summary };
}
