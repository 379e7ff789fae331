import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import { decodePart, findPart, readPartTree } from '../../mail/mime/part-tree.ts';
import { readAttachmentId } from './attachment-id.ts';
import type { ApiCall } from '../http/api-call.ts';
import { invalidArgument } from '../http/google-errors.ts';
import { messageFormats, messageReference, messageResource, toBase64Url } from './message-resource.ts';
import { checkedId } from './checked-id.ts';
import { messageBody, messageBytes } from './message-body.ts';
import { checkMessageChange, messageChangeFields, trashing, untrashing } from './label-change.ts';
import type { LabelLists } from './label-change.ts';
import { nextPageField, resultSizeEstimate, searchQuery, searchRequestOf } from './list-request.ts';
import { takeToSend } from './take-message.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

/** Messages that one batch request may name. */
const mostBatchIds = 1000;

const idsField = z.array(z.string()).default([]);

/** `users.messages` but for what puts a message in by another way than sending it. */
export const messageMethods: readonly Method[] = [
  defineMethod('messages.list', {
    query: searchQuery,
    run: async ({ query, mailbox, nowMs }) => {
      const page = await mailbox.searchMessages(await searchRequestOf(query, mailbox, nowMs));
      // A query names labels less exactly than an id does.
      const messages = page.messages
        .filter(({ labelIds }) => query.labelIds.every((id) => labelIds.includes(id)))
        .map(({ id, threadId }) => ({ id, threadId }));
      return {
        ...(messages.length === 0 ? {} : { messages }),
        ...nextPageField(mailbox, page.nextPageToken),
        resultSizeEstimate: resultSizeEstimate(messages.length, page.nextPageToken),
      };
    },
  }),
  defineMethod('messages.get', {
    query: { format: messageFormats, metadataHeaders: 'string[]' },
    run: async ({ parameter, query, mailbox, state, isMetadataOnly }) => {
      const message = await mailbox.getRawMessage(checkedId(parameter('id')));
      const { metadataHeaders } = query;
      return messageResource(message, query.format, { state, metadataHeaders, isMetadataOnly });
    },
  }),
  defineMethod('messages.attachments.get', {
    run: async ({ parameter, mailbox }) => {
      const messageId = checkedId(parameter('messageId'));
      const { raw } = await mailbox.getRawMessage(messageId);
      const partId = readAttachmentId(parameter('id'), messageId);
      const part = partId === undefined ? undefined : findPart(readPartTree(raw), partId);
      if (part === undefined) throw invalidArgument('Invalid attachment token');
      const content = decodePart(part);
      return { size: content.length, data: toBase64Url(content) };
    },
  }),
  defineMethod('messages.send', {
    body: messageBody,
    run: async (call) => {
      const { body, media, mailbox } = call;
      const { threadId } = body;
      const raw = await takeToSend(messageBytes(media, body), call);
      const message = { raw, ...(threadId === undefined ? {} : { threadId }) };
      const filed = await sent(() => mailbox.sendMessage(message));
      await call.noteSent(filed.id);
      return messageReference(filed);
    },
  }),
  defineMethod('messages.modify', {
    body: { name: '', schema: z.strictObject(messageChangeFields) },
    run: async (call) => {
      checkMessageChange(call.body);
      return relabelled(call, checkedId(call.parameter('id')), call.body);
    },
  }),
  defineMethod('messages.trash', {
    run: async ({ parameter, mailbox }) => {
      const id = checkedId(parameter('id'));
      for (const step of trashing) await mailbox.modifyMessages({ ...step, ids: [id] });
      return messageReference(await mailbox.getMessageSummary(id));
    },
  }),
  defineMethod('messages.untrash', {
    run: (call) => relabelled(call, checkedId(call.parameter('id')), untrashing),
  }),
  defineMethod('messages.delete', {
    run: ({ parameter, mailbox }) => mailbox.deleteMessages([checkedId(parameter('id'))]),
  }),
  defineMethod('messages.batchModify', {
    body: { name: '', schema: z.strictObject({ ids: idsField, ...messageChangeFields }) },
    run: async ({ body, mailbox }) => {
      checkBatch(body.ids);
      checkMessageChange(body);
      const { addLabelIds, removeLabelIds } = body;
      const ids = await existingIds(mailbox, body.ids);
      await mailbox.modifyMessages({ ids, addLabelIds, removeLabelIds });
    },
  }),
  defineMethod('messages.batchDelete', {
    body: { name: '', schema: z.strictObject({ ids: idsField }) },
    run: async ({ body, mailbox }) => {
      checkBatch(body.ids);
      await mailbox.deleteMessages(await existingIds(mailbox, body.ids));
    },
  }),
];

const recipientFields: ReadonlySet<string> = new Set(['to', 'cc', 'bcc']);

/** Gmail's words for recipients that are missing or no addresses. */
async function sent(send: () => Promise<FiledMessage>): Promise<FiledMessage> {
  try {
    return await send();
  } catch (error) {
    const isRecipient = error instanceof AppError && recipientFields.has(error.details.field ?? '');
    throw isRecipient ? invalidArgument(error.message.replace(/\.$/, '')) : error;
  }
}

/** Changes labels and answers the message as `minimal` shows it. */
async function relabelled(
  { mailbox, state }: Pick<ApiCall, 'mailbox' | 'state'>,
  id: string,
  { addLabelIds, removeLabelIds }: LabelLists,
): Promise<object> {
  await mailbox.modifyMessages({ ids: [id], addLabelIds, removeLabelIds });
  return messageResource(await mailbox.getRawMessage(id), 'minimal', { state });
}

function checkBatch(ids: readonly string[]): void {
  if (ids.length === 0) throw invalidArgument('No message ids specified');
  if (ids.length > mostBatchIds) throw invalidArgument(`Number of ids cannot exceed ${mostBatchIds}`);
}

/** Gmail passes over ids of a batch that name no message, and answers 204 all the same. */
async function existingIds(mailbox: LocalMailbox, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    ids.map(checkedId).map(async (id) => {
      try {
        await mailbox.getMessageSummary(id);
        return [id];
      } catch (error) {
        if (error instanceof AppError && error.code === 'NOT_FOUND') return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
