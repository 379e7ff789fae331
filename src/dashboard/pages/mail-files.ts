import { parseRaw } from '../../operations/messages/message-view.ts';
import { readAttachment } from '../../operations/messages/read-attachment.ts';
import { readRawMessage } from '../../operations/messages/read-message.ts';
import type { FileAnswer, Operation } from '../../operations/kernel/operation.ts';
import type { MailFile } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { sendDownload, sendFrame } from './send-mail-file.ts';

async function fileOf(call: PageCall, operation: Operation, input: object): Promise<FileAnswer> {
  const answer = await call.invoke(operation, { account: call.fields.account, ...input });
  if (answer.kind === 'file') return answer.file;
  throw new Error(`${operation.name} returned no file`);
}

const frame: MailFile = {
  path: '/mail/{account}/{id}/frame',
  async serve(call, response) {
    const { content } = await fileOf(call, readRawMessage, { id: call.fields.id });
    const { parsed } = await parseRaw(content, call.signal);
    await sendFrame(response, parsed);
  },
};

const raw: MailFile = {
  path: '/mail/{account}/{id}/raw',
  async serve(call, response) {
    sendDownload(response, await fileOf(call, readRawMessage, { id: call.fields.id }));
  },
};

const attachment: MailFile = {
  path: '/mail/{account}/{id}/attachments/{attachment}',
  async serve(call, response) {
    const { id: messageId, attachment: handle } = call.fields;
    sendDownload(response, await fileOf(call, readAttachment, { messageId, attachment: handle }));
  },
};

/** What of a message is no page of ours. */
export const mailFiles: readonly MailFile[] = [frame, raw, attachment];
