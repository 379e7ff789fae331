import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { clipBody } from './clip-bodies.ts';
import { gmailId, maxChars, message, type MessageView } from './message-schemas.ts';
import { readingTime, viewMessage } from './message-view.ts';
import type { TaskTime } from '../../core/task-time.ts';
import { fence } from '../kernel/answer-text.ts';
import type { Call } from '../kernel/call.ts';
import { distinct } from '../kernel/distinct.ts';
import { defineOperation } from '../kernel/operation.ts';
import { countOf, oneLine } from '../kernel/render-text.ts';

/** Messages of one call: Gmail counts each as 20 units of the 6,000 a minute. */
const mostMessages = 50;

type Body = 'text' | 'plain' | 'html' | 'none';

/** The message, or undefined if there is none with this id. */
async function readIfThere(
  id: string,
  body: Body,
  { mailbox, signal }: Call,
  time: TaskTime,
): Promise<MessageView | undefined> {
  try {
    return await viewMessage(await mailbox.getMessage(id), { body }, { signal, time });
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

export const readMessages = defineOperation({
  name: 'read_messages',
  route: 'GET /api/messages?ids',
  grant: 'read',
  summary: 'Read several messages at once, in the order of their ids.',
  input: {
    ids: z.array(gmailId).min(1).max(mostMessages).overwrite(distinct).describe('Ids with commas between.'),
    body: z.enum(['text', 'plain', 'html', 'none']).default('text'),
    maxChars: maxChars.describe('Characters of each body.'),
  },
  output: z
    .object({
      messages: z.array(message).readonly(),
      missingIds: z.array(z.string()).readonly().describe('Ids that no message has.'),
    })
    .readonly(),
  run: async ({ ids, body, maxChars: most }, call) => {
    const time = readingTime();
    const found = await Promise.all(ids.map((id) => readIfThere(id, body, call, time)));
    const budget = { maxChars: most, offset: 0, history: 'full' } as const;
    return {
      messages: found.flatMap((view) => (view === undefined ? [] : [clipBody(view, budget)])),
      missingIds: ids.filter((_, index) => found[index] === undefined),
    };
  },
  text: ({ messages, missingIds }) => [
    `${countOf(messages.length, 'message')}${missingIds.length === 0 ? '' : `; not found: ${missingIds.join(', ')}`}`,
    ...fence(
      'mail',
      messages
        .map(({ id, from, subject, text }) => `${id} ${oneLine(from)} | ${oneLine(subject)}\n${text ?? ''}`)
        .join('\n\n'),
    ),
  ],
});
