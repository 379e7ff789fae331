import * as z from 'zod';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { DraftPage, DraftSummary, OutgoingMessage, PageRequest } from '../../mail/mailbox.ts';
import type { RawMessage } from '../../mail/message.ts';
import type { QueryNode } from '../../mail/query/query.ts';
import { AppError } from '../../core/errors.ts';
import { GoogleError, type ApiCall } from '../http/api-call.ts';
import { invalidArgument } from '../http/google-errors.ts';
import { messageFormats, messageReference, messageResource } from './message-resource.ts';
import { messageBytes, messageFields } from './message-body.ts';
import { nextPageField, pageQuery, pageRequestOf, queryNodeOf, resultSizeEstimate } from './list-request.ts';
import { takeDraft, takeToSend } from './take-message.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

const draftFields = z.strictObject({ id: z.string().optional(), message: messageFields.optional() });
const draftBody = { name: 'draft', schema: draftFields } as const;

/** `users.drafts`. */
export const draftMethods: readonly Method[] = [
  defineMethod('drafts.list', {
    query: { ...pageQuery, q: 'string', includeSpamTrash: 'bool' },
    run: async ({ query, mailbox, nowMs }) => {
      const request = pageRequestOf(mailbox, query);
      const page =
        query.q === undefined || query.q === ''
          ? await mailbox.listDrafts(request)
          : await searchDrafts(mailbox, request, queryNodeOf(query.q, mailbox, nowMs), query.includeSpamTrash);
      const drafts = page.drafts.map(({ id, message }) => ({
        id,
        message: { id: message.id, threadId: message.threadId },
      }));
      return {
        ...(drafts.length === 0 ? {} : { drafts }),
        ...nextPageField(mailbox, page.nextPageToken),
        resultSizeEstimate: resultSizeEstimate(drafts.length, page.nextPageToken),
      };
    },
  }),
  defineMethod('drafts.get', {
    query: { format: messageFormats },
    run: async (call) => {
      const { parameter, query, mailbox, state, isMetadataOnly } = call;
      const show = (message: RawMessage) => messageResource(message, query.format, { state, isMetadataOnly });
      const sentId = sentAs(call, parameter('id'));
      if (sentId !== undefined) return { id: parameter('id'), message: show(await mailbox.getRawMessage(sentId)) };
      const { id, message } = await mailbox.getDraft(parameter('id'));
      return { id, message: show(message) };
    },
  }),
  defineMethod('drafts.create', {
    body: draftBody,
    run: async (call) => {
      const { raw, ...rest } = outgoing(call.body, call.media);
      return draftReference(await call.mailbox.createDraft({ ...rest, raw: await takeDraft(raw, call) }));
    },
  }),
  defineMethod('drafts.update', {
    body: draftBody,
    run: async (call) => {
      const { raw, ...rest } = outgoing(call.body, call.media);
      const draft = { ...rest, raw: await takeDraft(raw, call) };
      return draftReference(await call.mailbox.updateDraft(call.parameter('id'), draft));
    },
  }),
  defineMethod('drafts.send', {
    body: draftBody,
    run: async (call) => {
      const { body, media, mailbox, state, nowMs } = call;
      if (body.id === undefined || body.id === '') {
        const { raw, ...rest } = outgoing(body, media);
        const message = { ...rest, raw: await takeToSend(raw, call) };
        const filed = await sent(() => mailbox.sendMessage(message));
        await call.noteSent(filed.id);
        return messageReference(filed);
      }
      const { id } = body;
      // A client may send the draft as it was read; only bytes are a new content.
      const isReplaced = media !== undefined || body.message?.raw !== undefined;
      if (isReplaced) {
        const { raw, ...rest } = outgoing(body, media);
        await mailbox.updateDraft(id, { ...rest, raw: await takeDraft(raw, call) });
      }
      const filed = await sent(() => mailbox.sendDraft(id));
      await call.noteSent(filed.id);
      state.sentDrafts.set(id, { messageId: filed.id, sentMs: nowMs });
      return messageReference(filed);
    },
  }),
  defineMethod('drafts.delete', {
    run: async (call) => {
      const { parameter, mailbox } = call;
      const sentId = sentAs(call, parameter('id'));
      await (sentId === undefined ? mailbox.deleteDraft(parameter('id')) : mailbox.deleteMessages([sentId]));
    },
  }),
];

/** The message that a draft has become that was sent a moment ago, where Google would still know it by the draft. */
function sentAs(
  { state, settings, nowMs }: Pick<ApiCall, 'state' | 'settings' | 'nowMs'>,
  id: string,
): string | undefined {
  const sentDraft = state.sentDrafts.get(id);
  return sentDraft !== undefined && nowMs - sentDraft.sentMs < settings.sentDraftSeconds * 1000
    ? sentDraft.messageId
    : undefined;
}

function outgoing({ message }: z.infer<typeof draftFields>, media: Uint8Array | undefined): OutgoingMessage {
  if (media === undefined && message === undefined) throw invalidArgument('Missing draft message');
  const raw = messageBytes(media, message);
  return { raw, ...(message?.threadId === undefined ? {} : { threadId: message.threadId }) };
}

function draftReference({ id, message }: DraftSummary): object {
  return { id, message: messageReference(message) };
}

/** What is wrong with a draft that is to be sent Gmail does not say. */
async function sent<Result>(send: () => Promise<Result>): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'INVALID_INPUT') throw new GoogleError(400, 'badRequest', 'INVALID_ARGUMENT', 'Bad Request');
    if (error.code === 'CONFLICT') throw new GoogleError(409, 'aborted', 'ABORTED', 'The operation was aborted.');
    throw error;
  }
}

/** Drafts that match a query: a page of the matching messages, each under the id of its draft. */
async function searchDrafts(
  mailbox: LocalMailbox,
  request: PageRequest,
  query: QueryNode,
  includeSpamTrash: boolean,
): Promise<DraftPage> {
  const nodes: readonly QueryNode[] = [{ kind: 'label', label: 'DRAFT' }, query];
  const page = await mailbox.searchMessages({ ...request, query: { kind: 'and', nodes }, includeSpamTrash });
  const drafts = new Map<string, DraftSummary>();
  let pageToken: string | undefined;
  do {
    const next = await mailbox.listDrafts({ maxResults: 500, ...(pageToken === undefined ? {} : { pageToken }) });
    for (const draft of next.drafts) drafts.set(draft.message.id, draft);
    pageToken = next.nextPageToken;
  } while (pageToken !== undefined);
  return {
    drafts: page.messages.flatMap(({ id }) => drafts.get(id) ?? []),
    ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
  };
}
