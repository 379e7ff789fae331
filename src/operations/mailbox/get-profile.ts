import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';

/** What `get_profile` returns. */
export const profile = z
  .object({
    emailAddress: z.string(),
    messagesTotal: z.int(),
    threadsTotal: z.int(),
    historyId: z.string(),
  })
  .readonly();

export const getProfile = defineOperation({
  name: 'get_profile',
  route: 'GET /api/profile',
  grant: 'read',
  toolset: 'core',
  summary: 'Whose mailbox this is, how much is in it, and its current historyId.',
  input: {},
  output: profile,
  run: (_input, call) => call.mailbox.getProfile(),
  text: ({ emailAddress, messagesTotal, threadsTotal, historyId }) =>
    `${emailAddress}: ${messagesTotal} messages in ${threadsTotal} threads, historyId ${historyId}`,
});
