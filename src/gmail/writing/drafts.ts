import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Draft, DraftPage, DraftSummary, FiledMessage, OutgoingMessage, PageRequest } from '../../mail/mailbox.ts';
import { maxSendBytes } from '../../mail/mailbox.ts';
import { apiDraft, apiDraftLabels, apiDraftList, apiFiledMessage, apiRawDraft } from '../client/api-schemas.ts';
import { ask, askOnce, orNotFound, tell } from '../client/ask.ts';
import { readRaw } from '../content/fetched-message.ts';
import type { GmailContext } from '../reading/gmail-context.ts';
import { userId } from '../reading/gmail-context.ts';
import { readPage } from '../reading/list-page.ts';
import { checkId, notFound } from '../reading/not-found.ts';
import { unwrapPageToken, wrapPageToken } from '../reading/page-token.ts';
import { readSummaries, summaryOf } from '../reading/read-messages.ts';
import { checkSize, messageOfRaw } from './outgoing.ts';

/** A page of the drafts; see `MailboxReader.listDrafts`. */
export async function listDrafts(context: GmailContext, { maxResults, pageToken }: PageRequest): Promise<DraftPage> {
  const scope = { account: context.emailAddress, list: 'drafts' };
  const place = pageToken === undefined ? {} : { pageToken: unwrapPageToken(pageToken, scope) };
  const parameters = { userId, maxResults, ...place };
  const page = await readPage(context, `drafts ${JSON.stringify(parameters)}`, async () => {
    const listed = await ask(apiDraftList, context.client.users.drafts.list(parameters));
    const entries = listed.drafts.map(({ id, message }) => ({ id, messageId: message.id }));
    return { entries, nextPageToken: listed.nextPageToken };
  });
  const messages = await readSummaries(
    context,
    page.entries.flatMap(({ messageId }) => messageId ?? []),
  );
  const drafts = page.entries.flatMap(({ id, messageId }): DraftSummary[] => {
    const message = messages.get(messageId ?? '');
    return message === undefined || wasSent(message) ? [] : [{ id, message }];
  });
  return {
    drafts,
    ...(page.nextPageToken === undefined ? {} : { nextPageToken: wrapPageToken(page.nextPageToken, scope) }),
  };
}

/** A draft with its message; see `MailboxReader.getDraft`. */
export async function getDraft({ client }: GmailContext, id: string): Promise<Draft> {
  checkId('draft', id);
  const asked = ask(apiRawDraft, client.users.drafts.get({ userId, id, format: 'raw' }));
  const draft = await orNotFound(asked, () => notFound('draft', id));
  if (wasSent(draft.message)) throw notFound('draft', id);
  const message = await readRaw(draft.message);
  return { id: draft.id, message: { summary: summaryOf(message), raw: message.raw } };
}

/** Files a message as a draft; see `MailboxWriter.createDraft`. */
export async function createDraft(context: GmailContext, outgoing: OutgoingMessage): Promise<DraftSummary> {
  return filing(context, () => create(context, outgoing));
}

/** Files a message as a draft that is to be sent; see `MailboxSender.fileDraft`. */
export async function fileDraft(
  context: GmailContext,
  outgoing: OutgoingMessage,
): Promise<{ readonly id: string; readonly messageId: string }> {
  const { id, message } = await create(context, outgoing).finally(() => context.cache.noteWrite());
  return { id, messageId: message.id };
}

function create({ client, apiRootUrl }: GmailContext, outgoing: OutgoingMessage): Promise<z.output<typeof apiDraft>> {
  const { requestBody, ...rest } = draftRequest(outgoing);
  return askOnce(apiDraft, client.users.drafts.create({ userId, requestBody, ...rest }, { rootUrl: apiRootUrl }));
}

/** Replaces a draft's message; see `MailboxWriter.updateDraft`. */
export async function updateDraft(context: GmailContext, id: string, outgoing: OutgoingMessage): Promise<DraftSummary> {
  checkId('draft', id);
  const { requestBody, ...rest } = draftRequest(outgoing);
  await refuseSent(context, id);
  return filing(context, () => {
    const request = { userId, id, requestBody, ...rest };
    const asked = ask(apiDraft, context.client.users.drafts.update(request, { rootUrl: context.apiRootUrl }));
    return orNotFound(asked, () => notFound('draft', id));
  });
}

/** Deletes a draft and its message; see `MailboxWriter.deleteDraft`. */
export async function deleteDraft(context: GmailContext, id: string): Promise<void> {
  const { client, cache } = context;
  checkId('draft', id);
  await refuseSent(context, id);
  try {
    await orNotFound(tell(client.users.drafts.delete({ userId, id })), () => notFound('draft', id));
  } finally {
    cache.noteWrite();
  }
}

/** Sends a draft; see `MailboxWriter.sendDraft`. */
export async function sendDraft({ client, cache }: GmailContext, id: string): Promise<FiledMessage> {
  checkId('draft', id);
  try {
    const asked = askOnce(apiFiledMessage, client.users.drafts.send({ userId, requestBody: { id } }));
    return await orNotFound(asked, () => notFound('draft', id));
  } finally {
    cache.noteWrite();
  }
}

/**
 * Whether what Google shows as a draft was sent: for a while after a send `drafts.get` can go on answering, with the
 * message that was sent, and deleting the draft would delete that.
 */
function wasSent({ labelIds }: { readonly labelIds: readonly string[] }): boolean {
  return !labelIds.includes('DRAFT') || labelIds.includes('SENT');
}

/** Throws `NOT_FOUND` for a draft that was sent: it is one no more, whatever Google says. */
async function refuseSent({ client }: GmailContext, id: string): Promise<void> {
  const request = { userId, id, format: 'minimal', fields: 'message(labelIds)' };
  const { message } = await orNotFound(ask(apiDraftLabels, client.users.drafts.get(request)), () =>
    notFound('draft', id),
  );
  if (wasSent(message)) throw notFound('draft', id);
}

/** Sends a message; see `MailboxWriter.sendMessage`. */
export async function sendMessage(
  { client, cache, apiRootUrl }: GmailContext,
  { raw, threadId }: OutgoingMessage,
): Promise<FiledMessage> {
  checkSize(raw, maxSendBytes);
  const { message, media } = messageOfRaw(raw, threadId);
  try {
    const request = { userId, requestBody: message, ...media };
    return await askOnce(apiFiledMessage, client.users.messages.send(request, { rootUrl: apiRootUrl }));
  } finally {
    cache.noteWrite();
  }
}

function draftRequest({ raw, threadId }: OutgoingMessage): {
  readonly requestBody: { message: { raw?: string; threadId?: string } };
} & ReturnType<typeof messageOfRaw>['media'] {
  checkSize(raw, maxSendBytes);
  const { message, media } = messageOfRaw(raw, threadId);
  return { requestBody: { message }, ...media };
}

/** Google answers a filed draft with its ids alone. */
async function filing(
  context: GmailContext,
  work: () => Promise<{ readonly id: string; readonly message: { readonly id: string } }>,
): Promise<DraftSummary> {
  const { id, message } = await work().finally(() => context.cache.noteWrite());
  try {
    // Never seen before, so it is read as it is now.
    const summary = (await readSummaries(context, [message.id])).get(message.id);
    if (summary !== undefined) return { id, message: summary };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Whoever only hears that something failed would file it again.
    throw new AppError(
      error.code,
      `The draft ${id} is filed, but was not read back: ${error.message}`,
      error.details,
      error,
    );
  }
  throw notFound('draft', id);
}
