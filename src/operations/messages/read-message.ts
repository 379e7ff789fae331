import * as z from 'zod';
import { clipBody } from './clip-bodies.ts';
import { gmailId, history, maxChars, message, offset } from './message-schemas.ts';
import { foldView } from './fold-views.ts';
import { viewMessage } from './message-view.ts';
import { defineFileOperation, defineOperation } from '../kernel/operation.ts';
import { renderMessage } from './render-message.ts';

export const readMessage = defineOperation({
  name: 'read_message',
  route: 'GET /api/messages/{id}',
  grant: 'read',
  toolset: 'core',
  summary: 'Read one message: headers, body, and handles (a1, a2, …) of its attachments.',
  input: {
    id: gmailId,
    body: z.enum(['text', 'html', 'none']).default('text'),
    maxChars,
    offset,
    history,
  },
  output: message,
  run: async ({ id, body, ...budget }, call) => {
    const message = await call.mailbox.getMessage(id);
    const whole = viewMessage(message, body);
    const view = body === 'text' ? await foldView(message, whole, call.mailbox) : whole;
    return clipBody(view, budget);
  },
  text: renderMessage,
});

export const readRawMessage = defineFileOperation({
  name: 'read_raw_message',
  route: 'GET /api/messages/{id}/raw',
  grant: 'read',
  summary: 'The message exactly as it was received.',
  input: { id: gmailId },
  mediaType: 'message/rfc822',
  run: async ({ id }, call) => {
    const { raw } = await call.mailbox.getRawMessage(id);
    return { filename: `${id}.eml`, mimeType: 'message/rfc822', content: raw };
  },
  text: (file) => Buffer.from(file.content).toString('latin1'),
});
