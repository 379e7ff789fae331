import { messageReference } from './message-resource.ts';
import type { MessageRequest } from './message-body.ts';
import { messageBody, messageBytes } from './message-body.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

const dateSources = ['receivedTime', 'dateHeader'] as const;
const insertQuery = { internalDateSource: dateSources, deleted: 'bool' } as const;

/**
 * `messages.insert` and `messages.import`: mail that did not come by itself. Neither sends, nor changes a header.
 * `deleted` puts a message where only an administrator's vault would find it: nowhere here.
 */
export const insertMethods: readonly Method[] = [
  defineMethod('messages.insert', {
    query: insertQuery,
    body: messageBody,
    run: async ({ query: { internalDateSource = 'receivedTime', deleted }, body, media, mailbox }) => {
      const filed = await mailbox.insertMessage({ ...incomingOf(body, media), internalDateSource });
      if (deleted) await mailbox.deleteMessages([filed.id]);
      return messageReference(filed);
    },
  }),
  defineMethod('messages.import', {
    query: { ...insertQuery, neverMarkSpam: 'bool', processForCalendar: 'bool' },
    body: messageBody,
    run: async ({ query: { internalDateSource = 'dateHeader', deleted }, body, media, mailbox }) => {
      const filed = await mailbox.importMessage({ ...incomingOf(body, media), internalDateSource });
      if (deleted) await mailbox.deleteMessages([filed.id]);
      return messageReference(filed);
    },
  }),
];

function incomingOf(message: MessageRequest, media: Uint8Array | undefined) {
  const { labelIds = [], threadId } = message;
  return { raw: messageBytes(media, message), labelIds, ...(threadId === undefined ? {} : { threadId }) };
}
