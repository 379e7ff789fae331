import * as z from 'zod';
import { gmailId } from './message-schemas.ts';
import { attachmentByHandle, parseRaw } from './message-view.ts';
import { defineFileOperation } from '../kernel/operation.ts';
import { renderAttachment } from './render-attachment.ts';

export const readAttachment = defineFileOperation({
  name: 'read_attachment',
  route: 'GET /api/messages/{messageId}/attachments/{attachment}',
  grant: 'read',
  toolset: 'core',
  summary: 'Read an attachment by its handle: the text of text files, the facts of others.',
  input: {
    messageId: gmailId,
    attachment: z.string().regex(/^a[1-9]\d{0,4}$/, 'expected a handle such as a1, from read_message'),
  },
  mediaType: '*/*',
  run: async ({ messageId, attachment }, call) => {
    const { raw } = await call.mailbox.getRawMessage(messageId);
    const { filename, mimeType, content, charset } = attachmentByHandle(await parseRaw(raw, call.signal), attachment);
    return { filename, mimeType, content, ...(charset === undefined ? {} : { charset }) };
  },
  text: renderAttachment,
});
