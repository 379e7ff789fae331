import * as z from 'zod';
import { clipBody } from './clip-bodies.ts';
import { gmailId, history, maxChars, message, offset } from './message-schemas.ts';
import { foldView } from './fold-views.ts';
import { withKinds } from './read-kinds.ts';
import { withSender } from './sender-facts.ts';
import { readingTime, viewMessage } from './message-view.ts';
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
    body: z.enum(['text', 'plain', 'html', 'none']).default('text'),
    maxChars,
    offset,
    history,
    links: z.boolean().default(false).describe('List what [n] leads to.'),
    hidden: z.boolean().default(false),
  },
  output: message,
  run: async ({ id, body, links, hidden, ...budget }, call) => {
    const message = await call.mailbox.getMessage(id);
    const limits = { signal: call.signal, time: readingTime() };
    const whole = await viewMessage(message, { body, links, hidden }, limits);
    const view = body === 'text' ? await foldView(message, whole, call.mailbox, limits) : whole;
    return clipBody(await withSender(message, await withKinds(message, view, call), call), budget);
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
